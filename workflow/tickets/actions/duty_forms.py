"""Duty forms: check the fields of a form against the scheme; nothing is guessed.

Values are kept as text: plain numbers, days in ISO form, choices and villages by code.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from workflow import folding
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import check_statement, day_of, document_of, names_nothing, statement_of, text_of
from workflow.policy.form_rules import BETWEEN_TOWNS, NO_TOWN, USUAL, broken, is_zero, spoken_of
from workflow.policy.periods import Period
from workflow.policy.scheme.duties import Count, Duty, FormField, FormRule
from workflow.policy.scheme.term_texts import row_text
from workflow.text_content import content, is_nothing, is_statement
from workflow.tickets.actions import own_gaps
from workflow.tickets.actions.row_counts import rows_of

_BETWEEN = re.compile(r"[、，,；;\n]")
_LARGEST = Decimal("1e12")


@dataclass(frozen=True, slots=True)
class Form:
    """A form to fill in: its fields and rules, the name of the input it arrives under, and the duty's period."""

    fields: Sequence[FormField]
    rules: Sequence[FormRule]
    name: str
    period: Period


def parse_form(
    session: Session, setting: CountyContext, ticket: Ticket, form: Form, raw: Any, today: date
) -> dict[str, str]:
    """The filled-in fields of a duty's form by code; fields not required may be left out.

    Raises BadInput naming the first field at fault, the form's name and its code (`form.causes`), also for a value that
    the scheme calls impossible.
    """
    name, fields = form.name, form.fields
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise BadInput("not_a_form", name)
    known = {entry.code for entry in fields}
    for key in raw:
        if key not in known:
            raise BadInput("unknown_field", f"{name}.{str(key)[:64]}")
    filled: dict[str, str] = {}
    for entry in fields:
        value = raw.get(entry.code)
        if value is None or (isinstance(value, str) and (not value.strip() or (entry.about and is_nothing(value)))):
            if entry.required:
                raise _for_field(entry, BadInput("missing", f"{name}.{entry.code}"))
            continue
        try:
            filled[entry.code] = _parse_form_field(session, setting, ticket, form, entry, value, today)
            _check_bounds(entry, filled[entry.code], f"{name}.{entry.code}", form.period, today)
        except BadInput as error:
            raise _for_field(entry, error) from error
    for entry in fields:
        if entry.most is not None and entry.code in filled:
            _check_rows(session, setting, ticket, form, entry, filled)
    # What has a length is prose; two names or numbers may be the same.
    check_sections([(entry, f"{name}.{entry.code}") for entry in fields if entry.min_chars is not None], filled)
    _check_bases(form, filled)
    _check_texts(form, filled)
    for rule in broken(form.rules, filled, "possible"):
        at = next(entry for entry in fields if entry.code == rule.fields[0])
        fault = BadInput("form_impossible", f"{name}.{at.code}", rule_zh=rule.text.zh, rule_en=rule.text.en)
        raise _for_field(at, fault)
    return filled


def shortfalls(part: Duty | Count, filled: Mapping[str, str], explained: str, field: str) -> list[str]:
    """The codes of the demands of the item that a form does not reach, and those of what is usual with `USUAL` before them.

    Raises BadInput at `field` unless they are explained.
    """
    short = broken(part.rules, filled, "reached", part.fields)
    unusual = broken(part.rules, filled, "usual", part.fields)
    if (short or unusual) and not is_statement(explained):
        text = (short or unusual)[0].text
        raise BadInput("form_not_reached" if short else "form_unusual", field, rule_zh=text.zh, rule_en=text.en)
    return [*(rule.code for rule in short), *(f"{USUAL}{rule.code}" for rule in unusual)]


def _check_bounds(entry: FormField, value: str, name: str, period: Period, today: date) -> None:
    """Raises BadInput for a value beyond what the scheme calls possible."""
    if entry.type == "number":
        if entry.min is not None and Decimal(value) < Decimal(str(entry.min)):
            raise BadInput("below_least", name, least=f"{entry.min:g}")
        if entry.max is not None and Decimal(value) > Decimal(str(entry.max)):
            raise BadInput("above_most", name, most=f"{entry.max:g}")
    elif entry.statement or entry.min_chars is not None:
        check_statement(name, value, entry.min_chars, names=not entry.statement)
    elif entry.type == "text" and entry.required and not entry.or_none and names_nothing(value):
        raise BadInput("says_nothing", name, text=value[:40])
    elif entry.type == "date" and (days := days_of(entry, period, today)) is not None:
        first, last = days
        if not first <= date.fromisoformat(value) <= last:
            raise BadInput("outside_period", name, first=first.isoformat(), last=last.isoformat())


def days_of(entry: FormField, period: Period, today: date) -> tuple[date, date] | None:
    """The first and the last day that a date of a form may be, by the scheme; None where it sets no bounds."""
    if not entry.within_period and entry.back_years is None:
        return None
    first, last = period.start, period.end if entry.within_period else today
    if entry.back_years is not None:
        first = first.replace(year=first.year - entry.back_years)
    return first, last


def _check_bases(form: Form, filled: Mapping[str, str]) -> None:
    """Raises BadInput for a base of 0 without the statement that there is none here, or such a statement with a base."""
    captions = {entry.code: entry.name for entry in form.fields}
    for entry in form.fields:
        if entry.none is None or entry.code not in filled:
            continue
        stated, zero, says = filled.get(entry.none, ""), is_zero(filled[entry.code]), captions[entry.none]
        if zero and not is_statement(stated):
            error = BadInput("none_unstated", f"{form.name}.{entry.none}", says_zh=says.zh, says_en=says.en)
            raise _for_field(entry, error)
        if stated and not zero:
            error = BadInput("none_and_some", f"{form.name}.{entry.none}", says_zh=says.zh, says_en=says.en)
            raise _for_field(entry, error)


def _check_texts(form: Form, filled: Mapping[str, str]) -> None:
    """Raises BadInput for a text about a number that is 0, and for one that is asked where the number is not."""
    for entry in form.fields:
        number, said = spoken_of(entry, filled), filled.get(entry.code, "")
        if number is None:
            continue
        name = f"{form.name}.{entry.code}"
        if number <= 0 and said:
            of = next(each.name for each in form.fields if each.code == entry.about[0].field)
            raise _for_field(entry, BadInput("text_of_none", name, whole_zh=of.zh, whole_en=of.en))
        if number > 0 and entry.statement and not said:
            raise _for_field(entry, BadInput("missing", name))


def _check_rows(
    session: Session, setting: CountyContext, ticket: Ticket, form: Form, entry: FormField, filled: Mapping[str, str]
) -> None:
    """Raises BadInput for a number beyond the rows that bound it: a count, households of the village named, or villages."""
    name = f"{form.name}.{entry.code}"
    if counted := own_gaps.counted_most(entry):
        bound = rows_of(session, setting, ticket, [counted])[counted].known
        if bound is not None and Decimal(filled[entry.code]) > bound:
            what = row_text(counted, setting.scheme.words)
            raise _for_field(entry, BadInput("above_rows", name, most=bound, from_zh=what.zh, from_en=what.en))
        return
    if entry.most == "villages":
        query = select(func.count()).select_from(Village).where(Village.ended_on.is_(None))
        if setting.unit(ticket.owing_unit_id).type == "town":
            query = query.where(Village.town_id == ticket.owing_unit_id)
        most, params = int(session.scalar(query) or 0), {}
    else:
        code = next((filled[each.code] for each in form.fields if each.type == "village" and each.code in filled), "")
        # Whoever has left the register since may have been visited before: all households on record count.
        homes = select(Village.name, func.count(Household.id)).outerjoin(Household, Household.village_id == Village.id)
        row = session.execute(homes.where(Village.code == code).group_by(Village.name)).one_or_none()
        if row is None:
            return
        most, params = row[1], {"village": row[0]}
    if Decimal(filled[entry.code]) > most:
        code = "above_households" if params else "above_most"
        raise _for_field(entry, BadInput(code, name, most=most, **params))


def check_text(entry: FormField, name: str, text: str) -> None:
    """A required section of a paper is a statement of the length that the scheme asks.  Raises BadInput at `name`."""
    try:
        statement_of(name, text, entry.min_chars)
    except BadInput as error:
        raise _for_field(entry, error) from error


def check_sections(sections: Sequence[tuple[FormField, str]], texts: Mapping[str, str]) -> None:
    """The prose sections of a paper, each with the name of its input: every one of `texts` (by code) says something that
    no earlier one says, whatever the order of the sentences and their small variants.

    Raises BadInput at the later one.
    """
    seen: set[str] = set()
    for entry, name in sections:
        said = set(content(texts.get(entry.code, "")).cores)
        if said and said <= seen:
            raise _for_field(entry, BadInput("section_repeated", name))
        seen |= said


def _for_field(entry: FormField, error: BadInput) -> BadInput:
    """The same error, with the name of the field."""
    return BadInput(error.code, error.field, **error.params, field_zh=entry.name.zh, field_en=entry.name.en)


def _parse_form_field(
    session: Session, setting: CountyContext, ticket: Ticket, form: Form, entry: FormField, value: Any, today: date
) -> str:
    """The value as it is kept; a document of the form is of the year of its period or later.  Raises BadInput."""
    name = f"{form.name}.{entry.code}"
    if entry.type == "number":
        return _form_number(name, value, entry.fractions)
    if entry.type == "date":
        day = day_of(name, value)
        if day > today:
            raise BadInput("date_in_future", name)
        return day.isoformat()
    text = document_of(name, value, today, since=form.period.start.year) if entry.document else text_of(name, value)
    if entry.type == "choice":
        for choice in entry.choices:
            if text in (choice.code, choice.name.zh, choice.name.en):
                return choice.code
        raise BadInput("choice_unknown", name, choice=text[:40])
    if entry.type == "towns":
        return NO_TOWN if entry.or_none and is_nothing(text) else _form_towns(setting, name, text)
    return _form_village(session, setting, ticket, name, text) if entry.type == "village" else text


def _form_number(name: str, value: Any, fractions: bool) -> str:
    """A number of 0 or more as plain text: whole, or with `fractions` an amount with at most two decimals."""
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidOperation
        text = folding.plain_number(str(value))
        number = Decimal(text) if text.isascii() and len(text) <= 40 else Decimal("NaN")
        if not number.is_finite() or not 0 <= number < _LARGEST or number != round(number, 2 if fractions else 0):
            raise InvalidOperation
    except InvalidOperation as error:
        raise BadInput("not_a_figure" if fractions else "not_a_count", name) from error
    whole = number.to_integral_value()
    return str(int(whole)) if number == whole else f"{number:.2f}"


def _form_towns(setting: CountyContext, name: str, text: str) -> str:
    """The names of the towns, each once, that the text names by name, alias or code.  Raises BadInput."""
    scheme, found = setting.scheme, list[str]()
    known = {
        word: scheme.unit(code).name
        for code in scheme.towns
        for word in (code, scheme.unit(code).name, scheme.unit(code).name_en, *scheme.unit(code).aliases)
    }
    for each in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        if each not in known:
            raise BadInput("town_unknown", name, town=each[:40])
        found.append(known[each])
    if not found:
        raise BadInput("missing", name)
    return BETWEEN_TOWNS.join(dict.fromkeys(found))


def _form_village(session: Session, setting: CountyContext, ticket: Ticket, name: str, text: str) -> str:
    """The code of a village of the town that owes the duty, or of the county for a county unit."""
    query = select(Village.code).where(or_(Village.code == text, Village.name == text), Village.ended_on.is_(None))
    if setting.unit(ticket.owing_unit_id).type == "town":
        query = query.where(Village.town_id == ticket.owing_unit_id)
    villages = session.scalars(query.limit(2)).all()
    if len(villages) != 1:
        # Villages of several towns may share a name; then only the code identifies one.
        raise BadInput("village_unknown", name, village=text[:40])
    return villages[0]
