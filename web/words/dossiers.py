"""Dossiers of cases: composed in the reader's language, the same for the page and for the paper."""

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _

from web.words.cases import figure_name, harmed_name, item_title, outcome_name, shown_value, shown_values
from web.words.dates import day, moment, on_day, span
from web.words.drawings import drawn_case
from web.words.events import event_name
from web.words.labels import label
from web.words.language import chinese, say
from web.words.papers import paper_number
from web.words.posts import acted_by, held_by
from web.words.system import unit_name
from workflow.accountability.cases.case_views import CaseView
from workflow.county.context import CountyContext


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def composed(view: CaseView) -> dict[str, Any]:
    """The dossier in the reader's language: texts alone, in the order they are shown."""
    setting, facts = view.setting, view.content["facts"]
    return {
        "facts": list(_facts(view)),
        "custodies": [_custody(setting, line) for line in facts["custodies"]],
        "totals": [
            (
                unit_name(setting.unit(t["unit"])),
                span(t["minutes"], setting),
                span(t["late"], setting) if t["late"] else "–",
                span(t["stopped"], setting) if t["stopped"] else "–",
            )
            for t in facts["totals"]
        ],
        "asked": [_said(setting, entry) for entry in facts["asked"]],
        "answered": [_said(setting, entry) for entry in facts["answered"]],
        "granted": [_said(setting, entry) for entry in facts["granted"]],
        "downtime": [
            _("Custody %(n)s: %(span)s", n=entry["seq"], span=span(entry["minutes"], setting))
            for entry in facts["downtime"]
        ],
        "charges": [_charge_words(setting, entry) for entry in facts["charges"]],
        "course": [_step(view, entry) for entry in view.content["course"]],
        "hashes": list(_hashes(view)),
        "as_of": _("From the history of the ticket, as of %(at)s.", at=moment(_at(facts["at"]))),
    }


def _named(view: CaseView) -> str:
    """The unit held to account; where it has ended since, who goes on with it."""
    name = unit_name(view.unit)
    if view.ended_on is None or not view.successors:
        return name
    heirs = ("、" if chinese() else ", ").join(unit_name(heir) for heir in view.successors)
    return _("%(unit)s (ended on %(day)s; continued by %(heirs)s)", unit=name, day=on_day(view.ended_on), heirs=heirs)


def _facts(view: CaseView) -> Iterable[tuple[str, str]]:
    setting, case, facts = view.setting, view.case, view.content["facts"]
    complained = next(line for line in facts["custodies"] if line["complained"])
    kind = say(setting.called(facts["ticket"]["kind"])) if facts["ticket"]["kind"] else ""
    yield _("Unit held to account"), _named(view)
    yield _("Leader in post"), view.content["leader"] or _("the post was vacant")
    yield _("Ticket"), f"{view.ticket} {kind}".strip()
    yield (
        _("Custody complained of"),
        " ".join(
            (
                _("Custody %(n)s", n=complained["seq"]),
                label("ticket.stage", complained["stage"]),
                span(complained["minutes"], setting),
            )
        ),
    )
    if case.indicator is not None and case.figure is not None:
        yield _("Assessment item"), item_title(setting, case.indicator)
        yield _("Result harmed"), figure_name(setting, case.indicator, case.figure)
        if view.shown is not None:
            where, values = shown_values(setting, view.shown)
            yield _("As the system counted it"), "\n".join([*([where] if where else []), *values])
    yield _("Opened by"), unit_name(view.opener)
    yield _("Decided by"), unit_name(view.decider) if view.decider else say(setting.scheme.accountability.above)
    if case.statement_due_at is not None and case.stated_at is None:
        yield _("Statement due"), moment(case.statement_due_at)
    if case.silent:
        yield _("Statement"), _("none received in time")
    if case.outcome is not None:
        yield _("Outcome"), outcome_name(setting, case.outcome)
    if case.appeal_until is not None and not case.appeals:
        yield _("Appeal until"), moment(case.appeal_until)
    if case.appeals:
        yield _("Appeal"), _("lodged; a second appeal is not possible")


def _custody(setting: CountyContext, line: dict[str, Any]) -> dict[str, Any]:
    return {
        "seq": str(line["seq"]),
        "unit": unit_name(setting.unit(line["unit"])),
        "stage": label("ticket.stage", line["stage"]),
        "began": moment(_at(line["began_at"])),
        "ended": moment(_at(line["ended_at"])) or _("still held"),
        "due": moment(_at(line["due_at"])),
        "held": span(line["minutes"], setting),
        "minutes": _("%(n)s working minutes", n=line["minutes"]),
        "late": span(line["late"], setting) if line["late"] else "",
        "leader": held_by(line["leader"], line.get("deputies", ())) if line["leader"] else "",
        "complained": line["complained"],
    }


def _said(setting: CountyContext, entry: dict[str, Any]) -> dict[str, Any]:
    codes, details = entry["codes"], []
    if codes.get("paper"):
        details.append(paper_number(codes["paper"]))
    if codes.get("request"):
        details.append(label("request.kind", codes["request"]))
    if codes.get("until"):
        details.append(f"{label('field', 'until')} {day(codes['until'])}")
    grounds = {
        ground.code: ground.name for ground in (*setting.scheme.decline.grounds, *setting.scheme.suspension.grounds)
    }
    if codes.get("ground") in grounds:
        details.append(say(grounds[codes["ground"]]))
    return {
        "at": moment(_at(entry["at"])),
        "what": event_name(SimpleNamespace(action=entry["action"], given=codes), setting),
        "who": _who(setting, entry),
        "words": "；".join([*details, *entry["words"]]) if chinese() else "; ".join([*details, *entry["words"]]),
    }


def _who(setting: CountyContext, entry: dict[str, Any]) -> str:
    if entry["unit"] is None:
        return _("the system")
    by = acted_by(entry["by"], entry.get("in_stead_of"))
    return " ".join(part for part in (unit_name(setting.unit(entry["unit"])), by) if part)


def _charge_words(setting: CountyContext, entry: dict[str, Any]) -> str:
    unit = unit_name(setting.unit(entry["unit"])) if entry["unit"] is not None else ""
    time = span(entry["minutes"], setting)
    return label("case.charge", entry["ground"]) % {"n": entry["seq"], "unit": unit, "span": time}


def _step(view: CaseView, entry: dict[str, Any]) -> dict[str, Any]:
    setting, codes, said = view.setting, entry["codes"], []
    if "indicator" in codes:
        said.append(harmed_name(setting, codes["indicator"], codes["figure"]))
    if codes.get("shown"):
        said.append(shown_value(setting, codes["shown"]))
    if "outcome" in codes:
        said.append(outcome_name(setting, codes["outcome"]))
    if "heard_on" in codes:
        said.append(f"{label('field', 'heard_on')} {day(codes['heard_on'])}")
    lines = [*said, *entry["words"].values()]
    return {
        "seq": entry["seq"],
        "at": moment(_at(entry["effective_at"])),
        "what": event_name(SimpleNamespace(action=entry["action"], given=codes), setting),
        "to": label("case.state", entry["to"]),
        "who": _who(setting, entry),
        "words": "；".join(lines) if chinese() else "; ".join(lines),
        "hash": view.events.get(entry["seq"], ""),
    }


def _hashes(view: CaseView) -> Iterable[tuple[str, str]]:
    ticket, block = view.content["facts"]["ticket"], view.content["facts"]["block"]
    yield _("Chain of the ticket, event %(n)s", n=ticket["seq"]), ticket["hash"]
    yield _("Chain of the case, event %(n)s", n=view.dossier.seq), view.events[view.dossier.seq]
    if block:
        yield _("Last block sealed before, number %(n)s", n=block["number"]), block["hash"]
    yield _("This dossier"), view.dossier.hash


def paper(view: CaseView) -> dict[str, Any]:
    """The content of the printed dossier: every text in the reader's language, and the figures of the drawing."""
    drawing = drawn_case(view)
    return {
        "title": _("Dossier of accountability case %(n)s", n=view.case.number),
        "lines": [_("Dossier of accountability case %(n)s", n=view.case.number)],
        "issuer": view.setting.full_name(view.opener) if chinese() else unit_name(view.opener),
        "number": _("Case %(n)s · %(state)s", n=view.case.number, state=label("case.state", view.case.state)),
        "draft": _("The case is not opened yet. This is what the unit would be notified of.")
        if view.case.opened_at is None
        else "",
        "labels": _labels(),
        "lanes": [
            {
                "unit": unit_name(lane.unit),
                "bars": [
                    {"x": bar.x, "width": bar.width, "late": bar.late, "stopped": bar.stopped} for bar in lane.bars
                ],
            }
            for lane in drawing.lanes
        ],
        "begins": moment(drawing.begins),
        "ends": moment(drawing.ends),
        "signed": moment(view.dossier.made_at).partition(" ")[0],
        **composed(view),
    }


def _labels() -> dict[str, Any]:
    return {
        "sections": [
            _("The case"),
            _("Custodies"),
            _("Requests to the unit"),
            _("Answers of the unit"),
            _("Time granted by the office"),
            _("System downtime, and time charged to others"),
            _("Course of the case"),
            _("Proof"),
        ],
        "custodies": [_("No."), _("Unit"), _("Stage"), _("From"), _("To"), _("Due"), _("Working time"), _("Late by")],
        "totals": [_("Unit"), _("Working time held"), _("of which late"), _("Clock stopped")],
        "said": [_("When"), _("What"), _("By"), _("Text")],
        "course": [_("When"), _("Step"), _("By"), _("Text")],
        "held": _("in hand"),
        "late": _("overdue"),
        "stopped": _("clock stopped"),
        "none": _("Nothing here."),
        "annex": _("Annex"),
        "no_downtime": _("The system was not down during these custodies."),
    }
