"""Own gaps (与台账差距): the numbers of a duty's form held against the system's own rows.

More than the rows know, or far less, and a statement that there is none where rows show some, need a reason.  The gap is
shown before the form is sent and to the confirmer, and recorded with the rows of that moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy.orm import Session

from models import Ticket
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.policy.form_rules import absent
from workflow.policy.scheme.duties import FormField
from workflow.policy.scheme.measures import FigureRule
from workflow.text_content import is_statement
from workflow.tickets.actions.row_counts import rows_of

Sort = Literal["above", "below", "none"]
#: How the codes of gaps begin among the shortfalls of a report: of a number, and of a statement that there is none.
OWN, NONE = "own.", "none."
_UNEXPLAINED: dict[Sort, str] = {
    "above": "form_above_rows",
    "below": "form_below_rows",
    "none": "form_none_rows",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A number of a form that differs from the rows; `count`: the code of what the rows count (`RowCount`)."""

    field: FormField
    number: int
    rows: int
    sort: Sort
    count: str

    @property
    def code(self) -> str:
        """Its code among the shortfalls of the report."""
        return f"{NONE if self.sort == 'none' else OWN}{self.field.code}"


@dataclass(frozen=True, slots=True)
class Held:
    """What the rows say of one field; None where the scheme or the rows say nothing: its number (`own`), how many show that
    there is some (`some`), and the most it can be (`most`)."""

    own: int | None = None
    some: int | None = None
    most: int | None = None


def held(session: Session, setting: CountyContext, ticket: Ticket, fields: Sequence[FormField]) -> dict[str, Held]:
    """By code what the rows say of each field that is held against any, for the duty's unit and period."""
    asked = {field.code: (field.own, shown_by(field), counted_most(field)) for field in fields}
    rows = rows_of(session, setting, ticket, (code for codes in asked.values() for code in codes if code is not None))
    if not rows:
        return {}
    return {
        name: Held(*(rows[code].known if code is not None else None for code in codes))
        for name, codes in asked.items()
        if any(codes)
    }


def shown_by(field: FormField) -> str | None:
    """The count that shows that there is some of what the statement `none` denies."""
    return (field.some or field.own) if field.none is not None else None


def counted_most(field: FormField) -> str | None:
    """The count that a field's number cannot exceed; None where villages bound it."""
    return field.most if field.most is not None and "." in field.most else None


def gaps(
    fields: Sequence[FormField], filled: Mapping[str, str], rows: Mapping[str, Held], rule: FigureRule
) -> list[Gap]:
    """The gaps between a form (values by code, as stored) and the rows, in the order of the fields."""
    none = absent(fields, filled)
    found = []
    for field in fields:
        own = rows.get(field.code)
        if own is None or not filled.get(field.code):
            continue
        number = int(Decimal(filled[field.code]))
        if field.code in none:
            if own.some:
                found.append(Gap(field, number, own.some, "none", shown_by(field) or ""))
            continue
        sort = rule.against_rows(number, own.own)
        if sort is not None and own.own is not None:
            found.append(Gap(field, number, own.own, sort, field.own or ""))
    return found


def gaps_recorded(fields: Sequence[FormField], filled: Mapping[str, str], given: Mapping[str, Any]) -> list[Gap]:
    """The gaps that the event of a report recorded (`given`): its codes, and the rows of that moment."""
    rows: Mapping[str, int] = given.get("own", {})
    codes = given.get("short", ())
    found = []
    for field in fields:
        if field.code not in rows or not filled.get(field.code):
            continue
        number, there = int(Decimal(filled[field.code])), rows[field.code]
        if f"{NONE}{field.code}" in codes:
            found.append(Gap(field, number, there, "none", shown_by(field) or ""))
        elif field.own is not None:
            found.append(Gap(field, number, there, "above" if number > there else "below", field.own))
    return found


def check_explained(found: Sequence[Gap], explained: str, name: str) -> None:
    """Raises BadInput at `name` for gaps that are not explained."""
    if found and not is_statement(explained):
        gap = found[0]
        raise BadInput(
            _UNEXPLAINED[gap.sort],
            name,
            figure=gap.number,
            rows=gap.rows,
            field_zh=gap.field.name.zh,
            field_en=gap.field.name.en,
        )
