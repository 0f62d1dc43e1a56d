"""Scheme changes: what one scheme changes against another, and what that would have done, in sentences."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, label
from web.words.language import bracketed, chinese, colon, say
from web.words.system import unit_name
from workflow.adoption.impact import Effects, Group, Shift
from workflow.county.context import CountyContext, UnitFact
from workflow.county.unfilled_roles import Vacancies, unknown_roles
from workflow.policy.scheme.model import Scheme, Text
from workflow.policy.scheme_diff import Change, compare
from workflow.reform.reform_holdings import Holdings

add(
    {
        "ladder.role": {
            "holder_duty": _l("duty officer of the holding unit"),
            "holder_leader": _l("leader of the holding unit"),
            "holder_people": _l("staff of the holding unit"),
            "handler": _l("handler"),
            "town": _l("town"),
            "lead_duty": _l("duty officer of the responsible unit"),
            "lead_people": _l("staff of the responsible unit"),
            "filer": _l("filed by"),
            "assisting": _l("assisting unit"),
            "office": _l("county office"),
            "leaders": _l("leading group"),
            "inspectorate": _l("inspectorate"),
            "admin": _l("administrator"),
        },
        "scheme.part": {
            "kind": _l("kind"),
            "cause": _l("cause"),
            "limit": _l("limit"),
            "hard_stop": _l("fixed last day"),
            "lead": _l("responsible unit"),
            "confirmer": _l("confirming unit"),
            "rung": _l("rung"),
            "have": _l("requirement"),
            "unit": _l("unit"),
            "year": _l("year"),
            "title": _l("title"),
            "office_hours": _l("office hours"),
            "decline": _l("declining"),
            "suspension": _l("suspension"),
            "asking": _l("request for time"),
            "signals": _l("signals"),
            "reopen_days": _l("days for reopening"),
            "candidates": _l("families not registered"),
            "exit": _l("exit gate"),
            "deemed_acceptance": _l("days until deemed accepted"),
            "indicators": _l("indicators"),
            "assessment_plan": _l("assessment plan"),
        },
        "scheme.field": {
            "rounds": _l("rounds"),
            "grounds": _l("grounds"),
            "kind": _l("kind"),
            "erase_days": _l("days until personal data is erased"),
            "max_days": _l("maximum days"),
            "last_hours": _l("last hours"),
            "answer_days": _l("days to answer"),
            "extension_days": _l("days of an extension"),
            "name": _l("name"),
            "evidence_days": _l("validity of evidence in days"),
            "visit_days": _l("days between visits"),
            "percent": _l("percent"),
            "averages": _l("averages"),
            "income": _l("income"),
            "units": _l("units"),
            "towns": _l("towns"),
            "figures": _l("figures"),
            "tasks": _l("tasks"),
            "title": _l("title"),
            "type": _l("type"),
            "aliases": _l("aliases"),
            "subjects": _l("filed for"),
            "sources": _l("sources"),
            "indicator": _l("indicator"),
            "have": _l("requirement"),
            "value": _l("value"),
            "due": _l("due"),
            "zh": _l("Chinese"),
            "en": _l("English"),
            "optional": _l("optional"),
            "of_people": _l("looked at again when its people change"),
            "needs": _l("off without a plan"),
            "number": _l("document number"),
        },
        "rung.field": {
            "offset": _l("working days from the deadline"),
            "issued_by": _l("issued by"),
            "tells": _l("recipients"),
            "name": _l("name"),
        },
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what would have been: a sentence, and the tickets it speaks of."""

    text: str
    tickets: Group


def rule_lines(old: Scheme, new: Scheme) -> list[str]:
    """Each change in a sentence; a limit that many kinds share is listed once for all of them."""
    changes = compare(old, new)
    lines = [_sentence(change, old, new) for change in changes if change.part != "limit"]
    limits: dict[tuple[Any, ...], list[Text]] = {}
    for change in changes:
        if change.part == "limit":
            limits.setdefault((change.field, change.before, change.after), []).extend(change.of)
    shared = len({kind.code for kind in old.kinds} & {kind.code for kind in new.kinds})
    for (field, before, after), kinds in limits.items():
        names = _("all kinds") if len(kinds) == shared > 1 else ("、" if chinese() else ", ").join(map(say, kinds))
        lines.append(
            f"{label('scheme.part', 'limit')} · {_stage(field)}{colon()}{_days(before)} → {_days(after)} · {names}"
        )
    return lines


def _stage(field: str) -> str:
    stage, _sep, urgent = field.partition(" ")
    name = _("whole ticket") if stage == "cap" else label("ticket.stage", stage)
    return f"{name} · {_('urgent')}" if urgent else name


def _days(value: Any) -> str:
    return _("%(n)s working days", n=value)


def missing_role_lines(vacancies: Vacancies, new: Scheme, setting: CountyContext) -> list[str]:
    """Vacant roles and rungs without a recipient, each in a sentence."""
    lines = []
    for empty in vacancies.empty:
        name = label("ladder.role", empty.role) if empty.known else empty.role
        if not empty.known:
            lines.append(_("The role “%(role)s” is unknown. No user will ever be notified.", role=name))
        elif empty.units:
            units = _unit_words(empty.units, new, setting)
            lines.append(_("No user has the role “%(role)s” in: %(units)s", role=name, units=units))
        else:
            lines.append(_("No user has the role “%(role)s”.", role=name))
    for entry in vacancies.unheard:
        units = _unit_words(entry.units, new, setting)
        lines.append(_("“%(rung)s” has no recipient in: %(units)s", rung=say(entry.rung.name), units=units))
    return lines


def reform_lines(left: list[Holdings], ended: list[tuple[UnitFact, tuple[UnitFact, ...]]]) -> list[str]:
    """What units still have that a scheme leaves out, and units that it names though they have ended, each in a sentence."""
    lines = []
    for held in left:
        counts = {"tickets": sum(held.tickets.values())}
        counts |= {name: getattr(held, name) for name in ("duties", "papers", "cases", "villages", "accounts")}
        has = ("、" if chinese() else ", ").join(
            f"{label('reform.holding', name)} {count}" for name, count in counts.items() if count
        )
        text = _("“%(unit)s” is left out and still has: %(has)s. Merge it first.", unit=held.name, has=has or "–")
        lines.append(text)
    for unit, heirs in ended:
        successors = ("、" if chinese() else ", ").join(map(unit_name, heirs))
        names = {"unit": unit_name(unit), "successor": successors}
        lines.append(_("“%(unit)s” has ended; rules that name it are those of “%(successor)s”.", **names))
    return lines


def unknown_role_lines(new: Scheme) -> list[str]:
    """Roles that no county could fill, each in a sentence."""
    return [
        _("The role “%(role)s” is unknown. No user will ever be notified.", role=role) for role in unknown_roles(new)
    ]


def impact_lines(effects: Effects, new: Scheme, old: Scheme, setting: CountyContext) -> list[Line]:
    """The last year under another scheme: each effect with its tickets."""

    def kind(code: str) -> str:
        known = {entry.code: entry for entry in (*old.kinds, *new.kinds)}
        return say(known[code].name) if code in known else code

    lines = []
    for (code, cause), group in sorted(effects.unknown.items()):
        what = kind(code) + (bracketed(cause) if cause else "")
        lines.append(Line(_("No longer in the scheme: %(what)s", what=what), group))
    for groups, text in (
        (effects.routed, _("%(kind)s: would go to %(after)s instead of %(before)s")),
        (effects.confirmed, _("%(kind)s: would be confirmed by %(after)s instead of %(before)s")),
    ):
        for (code, before, after), group in sorted(groups.items(), key=lambda entry: -entry[1].count):
            names = {"before": unit_called(before, new, setting), "after": unit_called(after, new, setting)}
            lines.append(Line(text % {"kind": kind(code), **names}, group))
    for (unit, code), shift in sorted(effects.shifts.items(), key=lambda entry: -entry[1].tickets.count):
        name = setting.unit(unit).name if chinese() else setting.unit(unit).name_en
        lines.append(Line(f"{name} · {kind(code)}{colon()}{_shift(shift, new)}", shift.tickets))
    return lines


def _shift(shift: Shift, new: Scheme) -> str:
    counts = [
        (shift.earlier, _("due earlier")),
        (shift.later, _("due later")),
        (shift.newly_late, _("late, not on time")),
        (shift.no_longer_late, _("on time, not late")),
    ]
    parts = [f"{text} {count}" for count, text in counts if count]
    for number, rung in enumerate(new.ladder.rungs, start=1):
        more, fewer = shift.more.get(number, 0), shift.fewer.get(number, 0)
        if more or fewer:
            parts.append(f"{say(rung.name)} {' '.join(f'{sign}{n}' for sign, n in (('+', more), ('−', fewer)) if n)}")
    return ("，" if chinese() else ", ").join(parts)


def unit_called(code: str, new: Scheme, setting: CountyContext) -> str:
    """A unit by its code: of the county, of the new scheme, or the town of a ticket."""
    if code in ("town", "subject"):
        return _("the town") if code == "town" else _("the unit concerned")
    known = setting.by_code.get(code) or next((unit for unit in new.units if unit.code == code), None)
    return code if known is None else known.name if chinese() else known.name_en


def _unit_words(codes: tuple[str, ...], new: Scheme, setting: CountyContext) -> str:
    return ("、" if chinese() else ", ").join(unit_called(code, new, setting) for code in codes)


def _sentence(change: Change, old: Scheme, new: Scheme) -> str:
    about = " · ".join(say(name) for name in change.of)
    field = change.field
    before: str | None
    after: str | None
    if change.part in ("lead", "confirmer"):
        field = " / ".join(label("household.labour", labour) for labour in field.split())
        before, after = (_unit(str(value), old, new) for value in (change.before, change.after))
    elif change.part == "rung":
        field = label("rung.field", field)
        before, after = (_rung(change.field, value) for value in (change.before, change.after))
    elif change.part == "unit" and not field:
        before, after = (None if v is None else _unit(str(v), old, new) for v in (change.before, change.after))
    else:
        before, after = _value_words(change.before), _value_words(change.after)
        field = _field_words(field)
    head = " · ".join(filter(None, (label("scheme.part", change.part), about, field)))
    if before is None or after is None:
        gone = _("removed") if after is None else _("new")
        named = before if after is None else after
        return f"{head}{colon()}{gone}" if named in (None, about) or about else f"{head} · {named}{colon()}{gone}"
    return f"{head}{colon()}{before} → {after}"


def _field_words(field: str) -> str:
    """A field of the file in words, where people have one for it; codes stay codes."""
    return " ".join(label("scheme.field", part) for part in field.replace(".", " ").split())


def _value_words(value: Text | str | int | None) -> str | None:
    return None if value is None else say(value) if isinstance(value, Text) else str(value)


def _rung(field: str, value: Text | str | int | None) -> str:
    if field == "tells":
        return ("、" if chinese() else ", ").join(label("ladder.role", role) for role in str(value).split()) or "—"
    if field == "issued_by":
        return _("a person") if value == "person" else _("the system")
    return _value_words(value) or "—"


def _unit(code: str, old: Scheme, new: Scheme) -> str:
    if code in ("town", "subject"):
        return _("the town") if code == "town" else _("the unit concerned")
    known = next((unit for unit in (*new.units, *old.units) if unit.code == code), None)
    return code if known is None else known.name if chinese() else known.name_en
