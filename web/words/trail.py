"""The audit trail: its kinds of acts, and what was given with an event, in the reader's words."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import moment, month_name, on_day
from web.words.duties import period_name
from web.words.labels import add, label
from workflow.county.context import CountyContext
from workflow.history.audit_trail import TrailLine
from workflow.policy.worktime import SHANGHAI

add(
    {
        "trail.act": {
            "sign_in": _l("Signing in and out"),
            "refusals": _l("Refused access"),
            "accounts": _l("Accounts and passwords"),
            "rights": _l("Posts and authorisations"),
            "tokens": _l("Tokens"),
            "exports": _l("Exports"),
            "reveals": _l("Views of full numbers"),
            "keys": _l("Keys and group bots"),
            "backups": _l("Backups"),
            "readings": _l("Readings of the audit trail"),
            "erasures": _l("Erasures of personal data"),
            "verifications": _l("Verifications of the history"),
        },
        "ground": {
            "work": _l("the unit's own work"),
            "report": _l("a report or a meeting"),
            "contact": _l("to contact the household"),
            "matching": _l("to match lists"),
            "papers": _l("to check documents"),
            "supervision": _l("supervision and inspection"),
            "complaint": _l("checking a complaint"),
            "incident": _l("handling a security incident"),
            "audit": _l("audit or inspection from above"),
            "document": _l("a paper of the office's own work"),
            "other": _l("other (say what for)"),
        },
        "access.refusal": {
            "password": _l("wrong password"),
            "account": _l("no such account"),
            "code": _l("wrong code of a slip or a second factor"),
            "token": _l("invalid token"),
            "forbidden": _l("no right"),
            "held_up": _l("held up after too many attempts"),
        },
        "error": {
            "export_without_ground": _l("Say what the list is taken for."),
            "unknown_file_kind": _l("The list is exported as xlsx or csv."),
            "unknown_act": _l("There is no such kind of act. Choose one of the list."),
            "name_too_common": _l("More than %(most)s people have this in their names. Write more of the name."),
        },
    }
)

#: The lines of an hour's refusals that are shown with it.
_LINES = 20


def _of_a_trip(line: TrailLine) -> list[str]:
    """What a phone took along."""
    if line.action != "taken_along":
        return []
    return [
        _("%(n)s households", n=line.given["households"]),
        _("%(n)s tickets", n=line.given["tickets"]),
        f"{_('until')} {moment(datetime.fromisoformat(line.given['until']))}",
    ]


def trail_details(line: TrailLine, setting: CountyContext) -> list[str]:
    """The input of an event, in words."""
    given, parts = line.given, []
    if line.subject_role:
        parts.append(label("role", line.subject_role))
    unit = given.get("unit")
    if isinstance(unit, int) and unit in setting.units:
        parts.append(setting.units[unit].name)
    if line.action.startswith("address_"):
        parts.append(label("channel", given["channel"]))
    if line.action in ("authorise", "end_authorisation"):
        parts += [label("authority", given["kind"]), str(given["document"])]
    elif given.get("post"):
        parts.append(label("post", given["post"]))
        parts += [on_day(date.fromisoformat(given[name])) for name in ("from", "until") if given.get(name)]
        parts += [str(given["document"])] if given.get("document") else []
    if line.action.startswith("reset_"):
        parts += [label("reset.what", given["what"]), *([line.words["reason"]] if line.words.get("reason") else [])]
    if "way" in given:
        parts.append(label("sign_in.way", given["way"]))
    if line.action == "reveal":
        parts.append(label("ground", given["ground"]))
    if line.action == "find_by_number":
        parts.append(_("ID number") if given["by"] == "id_number" else _("phone"))
    if line.action == "export":
        parts += [label("export.list", given["list"]), _("%(n)s rows", n=given["rows"])]
    if line.action in ("export", "refused_rows") and "ground" in given:
        parts.append(label("ground", given["ground"]))
    if line.action == "apply":
        parts += [_("new %(n)s", n=given["new"]), _("changed %(n)s", n=given["changed"])]
    if line.action == "refused_access":
        parts += _refused(line)
    if line.action == "refused_virus":
        parts.append(given["virus"])
    if line.action == "read_trail":
        parts += _searched(line.words, setting)
    if line.action == "verified":
        parts += [_("%(n)s findings", n=given["findings"]), _("%(n)s events", n=given["events"])]
    parts += [*_of_a_trip(line), *_of_history(line)]
    if line.action == "papers_waiting":
        parts.append(_("%(n)s papers", n=given["waiting"]))
    if line.action == "release":
        parts.append(label("sweep.hold", given["why"]))
    if line.action == "draw_households":
        parts += [
            period_name(given["period"]),
            _("%(n)s of %(of)s households", n=given["drawn"], of=given["population"]),
        ]
    if line.action == "draw":
        parts += [month_name(given["month"]), _("%(n)s of %(of)s", n=given["drawn"], of=given["population"])]
    if line.action in ("adopt", "in_force", "revoke_adoption") and given.get("from"):
        parts.append(_("from %(day)s on", day=on_day(date.fromisoformat(given["from"]))))
    if line.action == "migration":
        parts.append(_("version %(n)s", n=given["version"]))
    if line.action == "downtime":
        parts.append(" – ".join(moment(datetime.fromisoformat(given[name])) for name in ("from", "to")))
    if line.action == "calendar":
        parts.append(label("working_day.source", given["source"]))
        parts += [str(given[name]) for name in ("document", "year") if given[name]]
    return parts


def _of_history(line: TrailLine) -> Iterator[str]:
    """What an act on the history itself was about, its head that left or an erasure; and of which ranking units were reminded."""
    if line.action in ("remind_figures", "remind_reports"):
        yield on_day(date.fromisoformat(line.given["on"]))
    if line.action == "head_sent":
        yield _("block %(number)s", number=line.given["block"])
    if line.action.endswith("_erasure"):
        yield str(line.given["code"])
    if line.action in ("erase", "erase_words"):
        yield from _erased(line.given)


def _erased(given: Mapping[str, Any]) -> Iterator[str]:
    """How much an erasure took away; earlier versions recorded only that words were erased."""
    if "people" in given:
        yield _("%(n)s names", n=given["people"])
    if "events" in given:
        yield _("%(n)s events", n=given["events"])


def _searched(words: Mapping[str, Any], setting: CountyContext) -> Iterator[str]:
    """What a reading of the trail was for."""
    for name, value in words.items():
        if name == "unit":
            yield setting.units[value].name if value in setting.units else str(value)
        elif name == "day":
            yield on_day(date.fromisoformat(value))
        else:
            yield label("trail.act", value) if name == "act" else str(value)


def _refused(line: TrailLine) -> Iterator[str]:
    """The sums of an hour, then the names and addresses that were refused most often."""
    begins = datetime.fromisoformat(line.given["from"])
    yield _("in the hour from %(at)s", at=moment(begins))
    for kind, times in line.given["times"].items():
        yield _("%(kind)s: %(n)s times", kind=label("access.refusal", kind), n=times)
    yield _("%(names)s names, %(addresses)s addresses", names=line.given["names"], addresses=line.given["addresses"])
    for minute, kind, name, address, times in line.words.get("lines", ())[:_LINES]:
        at = datetime.fromisoformat(minute).astimezone(SHANGHAI)
        yield f"{at:%H:%M} {label('access.refusal', kind)} {name} {address} ×{times}"
