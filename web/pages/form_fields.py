"""Form fields: the inputs of an action, a duty or a request, described for the macro `described` of _forms.html.

Which inputs a form has and what may be chosen depends on the ticket, its scheme and the units; templates only draw them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from models import Custody
from models.base import stated
from web.words.cases import harmed
from web.words.dates import iso_day, stretch
from web.words.labels import label, labels
from web.words.language import chinese, say
from web.words.own_counts import held_words
from web.words.system import unit_name
from web.words.template_globals import named
from workflow.accountability.cases.case_views import CaseView
from workflow.accountability.cases.harm import CaseScope
from workflow.assessment.duty_view import DutyView
from workflow.county.context import CountyContext
from workflow.policy.periods import Period
from workflow.policy.scheme.duties import FormField
from workflow.policy.worktime import local_date
from workflow.state_table import Action
from workflow.tickets.actions.action_input import needed
from workflow.tickets.actions.duty_forms import days_of
from workflow.tickets.actions.time_bounds import until_days, visit_days
from workflow.tickets.views.detail import TicketView

#: A value with its words, or the caption of a group with its pairs.
Choice = tuple[str, "str | Sequence[Choice]"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input: its kind is “select”, “area”, “check”, “evidence” or the type of an HTML input."""

    name: str
    kind: str
    caption: str
    required: bool = False
    choices: Sequence[Choice] = ()
    #: The words of a select's empty choice; None for none.
    blank: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    #: Words behind the caption, for example the least and the most that is accepted.
    hint: str = ""
    #: A value that is shown and sent as it is, whatever was typed; None where people type it.
    fixed: str | None = None


def area(name: str, caption: str, required: bool = False, rows: int = 2) -> Field:
    """An input for sentences."""
    return Field(name, "area", caption, required, attributes={"rows": rows, "maxlength": 2000})


def action_fields(
    view: TicketView,
    duty: DutyView | None,
    action: Action,
    now: datetime,
    typed: Mapping[str, str] = MappingProxyType({}),
) -> list[Field]:
    """The inputs of an action on a ticket: the form of its duty, then what the action needs and may be given; `typed`: what
    was sent, whose gaps to the system's rows stand beside the boxes."""
    fields = []
    if duty is not None and action.name == "resolve":
        rows = {
            each.code: held_words(
                view.setting, each, duty.held[each.code], duty.known.get(each.code, typed.get(f"form.{each.code}", ""))
            )
            for each in duty.duty.fields
            if each.code in duty.held
        }
        fields += duty_fields(duty.duty.fields, "form", duty.villages, now, duty.known, rows, duty.period)
        if _may_miss(duty):
            hint = _("also why a number differs from the own count") if _compared(duty) else ""
            fields.append(replace(area("missing", label("field", "missing")), hint=hint))
    left_out = {"form", "missing"}
    if view.ticket.state == "withdrawn":
        left_out.add("false_closing")
    if duty is not None:
        left_out |= {"visited_on", "evidence"} if action.name == "confirm" else {"visited_on"}
    names = [name for name in (*action.needs, *action.optional) if name not in left_out]
    return fields + [_action_field(view, action, name, now) for name in names]


def _may_miss(duty: DutyView) -> bool:
    """Whether the report may have to say what is missing: the count is short, a rule of the item can be missed, or a number
    differs from the system's rows."""
    progress = duty.progress
    short = bool(progress and progress.target and progress.done < progress.target)
    return short or _compared(duty) or any(rule.demand != "possible" for rule in duty.duty.rules)


def _compared(duty: DutyView) -> bool:
    """Whether a number of the report is held against own rows."""
    return any(rows.own is not None or rows.some for rows in duty.held.values())


def _action_field(view: TicketView, action: Action, name: str, now: datetime) -> Field:
    caption, required = label("field", name), name in needed(view.setting, view.ticket, action)
    if name == "false_closing":
        return Field(name, "check", _("False closing (虚假办结)"))
    if name == "evidence":
        return Field(name, "evidence", caption, required)
    if name == "visited_on":
        first, last = visit_days(view.ticket, now)
        return visit_field(name, caption, required, first, last)
    if name == "until":
        return Field(name, "date", caption, required, attributes=until_attributes(view, action.name, now))
    if name == "code":
        return Field(name, "text", label("register.column", name), required, attributes={"maxlength": 64})
    if name in _CHOICES:
        blank = _("no change") if action.name == "resubmit" and name in ("kind", "cause") else ""
        return Field(name, "select", caption, required, _CHOICES[name](view, action), blank)
    if name == "note" and required:
        hint = _("what was put right, how, and who answers for it: the confirming unit relies on it")
        return replace(area(name, caption, True, rows=4), hint=hint)
    return area(name, caption, required)


def visit_field(name: str, caption: str, required: bool, first: date | None, last: date) -> Field:
    """The day of a visit, which opens with today where one is required; a photo chosen beside it sets the day on which it was
    taken."""
    look: dict[str, Any] = {"max": last.isoformat(), "data-photo-day": ""}
    if required:
        # Where a visit may have been made or not, no page says that it was.
        look["usual"] = last.isoformat()
    if first is not None:
        look["min"] = first.isoformat()
    return Field(name, "date", caption, required, attributes=look)


def until_attributes(view: TicketView, action: str, now: datetime) -> dict[str, str]:
    """The first and the last day that time may be granted to, as attributes of an input; none where no day satisfies it."""
    days = until_days(view.setting, view.ticket, action, now)
    return {"min": days[0].isoformat(), "max": days[1].isoformat()} if days is not None else {}


def _grounds(view: TicketView, action: Action) -> Sequence[Choice]:
    scheme = view.setting.scheme
    if action.name == "refuse":
        return named(scheme.candidates.grounds if scheme.candidates is not None else ())
    return named(scheme.decline.grounds if action.name == "decline" else scheme.suspension.grounds)


def _lead_units(view: TicketView, _action: Action) -> Sequence[Choice]:
    """The units a ruling may give the ticket to: every bureau, the office and the ticket's own town, but the present one."""
    ticket = view.ticket
    return named(
        unit
        for unit in view.setting.living
        if unit.id != ticket.lead_unit_id and (unit.type in ("bureau", "office") or unit.id == ticket.town_id)
    )


def _kinds(view: TicketView, _action: Action) -> Sequence[Choice]:
    subject = "household" if view.ticket.household_id else "village"
    return named(kind for kind in view.setting.scheme.kinds if subject in kind.subjects)


def _causes(view: TicketView, _action: Action) -> Sequence[Choice]:
    return [(say(kind.name), named(kind.causes)) for kind in view.setting.scheme.kinds if kind.causes]


_CHOICES: dict[str, Callable[[TicketView, Action], Sequence[Choice]]] = {
    "ground": _grounds,
    "unit": _lead_units,
    "kind": _kinds,
    "cause": _causes,
}


def duty_fields(
    fields: Iterable[FormField],
    form: str,
    villages: list[tuple[str, str]],
    now: datetime,
    known: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[str]] | None = None,
    period: Period | None = None,
) -> list[Field]:
    """The inputs of a duty's form, called `form.causes` and so on; `known` are figures that the system counts, `rows` what
    its rows say of others, in words, `period` that of the duty, which bounds its days."""
    counted, beside = known or {}, rows or {}
    return [
        _counted(each, f"{form}.{each.code}", counted[each.code], beside.get(each.code, ()))
        if each.code in counted and each.type not in ("choice", "village")
        else _bounded(
            _duty_field(each, f"{form}.{each.code}", villages, now, beside.get(each.code, ())), each, period, now
        )
        for each in fields
    ]


def _counted(duty_field: FormField, name: str, figure: Any, beside: Sequence[str]) -> Field:
    look = {"cls": "x-brief", "readonly": ""}
    note = ("" if chinese() else " ").join([_("Counted by the system; you confirm it."), *beside])
    return Field(name, "text", say(duty_field.name), duty_field.required, attributes=look, hint=note, fixed=str(figure))


def _bounded(box: Field, entry: FormField, period: Period | None, now: datetime) -> Field:
    """The input with the bounds of the scheme, which the page's script holds it to before it is sent."""
    bounds: dict[str, str] = {}
    if entry.type == "number":
        least, most = entry.min, entry.max
        bounds = {f"data-{name}": f"{n:g}" for name, n in (("min", least), ("max", most)) if n is not None}
    elif entry.type == "date" and period is not None and days_of(entry, period, local_date(now)) is not None:
        first, last = stated(days_of(entry, period, local_date(now)))
        bounds = {"min": first.isoformat(), "max": min(last, local_date(now)).isoformat()}
    return replace(box, attributes={**box.attributes, **bounds})


def _duty_field(
    duty_field: FormField, name: str, villages: list[tuple[str, str]], now: datetime, beside: Sequence[str] = ()
) -> Field:
    caption, required = say(duty_field.name), duty_field.required
    if duty_field.type in ("choice", "village"):
        choices: Sequence[Choice] = named(duty_field.choices) if duty_field.type == "choice" else villages
        return Field(name, "select", caption, required, choices, "")
    if duty_field.type == "number":
        keys = "decimal" if duty_field.fractions else "numeric"
        look = {"cls": "x-brief", "inputmode": keys, "autocomplete": "off", "maxlength": 20}
        hint = ("；" if chinese() else "; ").join(text for text in (_bounds(duty_field), *beside) if text)
        return Field(name, "text", caption, required, attributes=look, hint=hint)
    if duty_field.type == "date":
        return Field(name, "date", caption, required, attributes={"cls": "x-brief", "max": iso_day(now)})
    if duty_field.type == "towns":
        return replace(area(name, caption, required), hint=_("names of towns of the county, with 、 between them"))
    return area(name, caption, required, rows=3)


def _bounds(number: FormField) -> str:
    """The least and the most that a number may be, in words; empty where the item sets neither."""
    least = _("at least %(n)s", n=f"{number.min:g}") if number.min is not None else ""
    most = _("at most %(n)s", n=f"{number.max:g}") if number.max is not None else ""
    rows = {
        "village_households": _("at most the households of the village on the register"),
        "villages": _("at most the number of villages"),
    }
    return ", ".join(part for part in (least, most, rows.get(number.most or "", "")) if part)


def case_fields(view: CaseView, action: Action, now: datetime) -> list[Field]:
    """The inputs of an action on an accountability case, whose scope limits the results and outcomes to choose from; what
    was proposed is filled in for whoever opens it."""
    fields = [
        _case_field(view.setting, view.scope, name, name in action.needs, now)
        for name in (*action.needs, *action.optional)
    ]
    if action.name != "open":
        return fields
    codes = view.proposal["codes"]
    usual = {"result": f"{codes.get('indicator')}:{codes.get('figure')}", **view.proposal["words"]}
    return [replace(each, attributes={**each.attributes, "usual": usual.get(each.name, "")}) for each in fields]


def _case_field(setting: CountyContext, scope: CaseScope, name: str, required: bool, now: datetime) -> Field:
    caption = labels("field.case").get(name) or label("field", name)
    if name == "result":
        return Field(name, "select", caption, required, harmed(setting, scope), "")
    if name == "outcome":
        outcomes = (each for each in setting.scheme.accountability.outcomes if each.code in scope.outcomes)
        return Field(name, "select", caption, required, named(outcomes), "")
    if name == "heard_on":
        return Field(name, "date", caption, required, attributes={"max": iso_day(now)})
    if name == "document":
        return Field(name, "text", caption, required, attributes={"maxlength": 200})
    return area(name, caption, required, rows=3)


def raise_case_fields(
    setting: CountyContext, scope: CaseScope, custodies: Iterable[Custody], now: datetime
) -> list[Field]:
    """The inputs that propose a case on one of a ticket's failed custodies, the latest first."""
    choices = [
        (
            str(custody.seq),
            f"{custody.seq}. {unit_name(setting.unit(custody.unit_id))} · {label('ticket.stage', custody.stage)} · "
            f"{stretch(custody.began_at, custody.ended_at)}",
        )
        for custody in reversed(list(custodies))
    ]
    return [
        Field("custody", "select", label("field", "custody"), True, choices),
        _case_field(setting, scope, "result", True, now),
        area("harm", label("field", "harm"), True),
    ]
