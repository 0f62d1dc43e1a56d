"""Events: what happened and what was given with it, in the reader's words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import day, moment, span
from web.words.duties import period_name
from web.words.labels import add, label
from web.words.language import chinese, say
from web.words.papers import paper_named
from web.words.system import unit_name
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.county.context import CountyContext
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.views.timeline import HistoryLine

add(
    {
        "event.charge": {
            "downtime": _l("%(span)s charged to no unit: the system was down"),
            "no_signal": _l("%(span)s charged to no unit: no signal"),
            "late_answer": _l("%(span)s charged to %(unit)s: late answer"),
            "ruling": _l("%(span)s charged to %(unit)s: time taken by the ruling"),
        },
        "event": {
            "bring": _l("Register file uploaded"),
            "tell_columns": _l("Columns of a register file assigned"),
            "answer_villages": _l("Villages of a register file confirmed"),
            "read": _l("Register file read"),
            "checkup": _l("Checkup recorded"),
            "report_figures": _l("Figures reported"),
            "sign_ranking": _l("Report on a ranking drafted"),
            "check_figure": _l("Drawn figure checked"),
            "open_matter": _l("Matter opened"),
            "end_matter": _l("Matter closed"),
            "resume_matter": _l("Matter reopened"),
            "propose_case": _l("Case proposed"),
            "ask_time": _l("More time requested"),
            "answer_paper": _l("Paper answered"),
            "ask_revocation": _l("Revocation of a paper requested"),
            "deem_received": _l("Paper counts as received"),
            "keep_paper": _l("Paper not revoked"),
            "record_talk": _l("Talk recorded"),
            "return_paper": _l("Answer to a paper returned"),
            "verify_paper": _l("Paper found carried out"),
            "revoke_paper": _l("Paper revoked"),
            "sign_paper": _l("Receipt of a paper confirmed"),
            "refuse_time": _l("More time refused"),
            "consent": _l("Consent recorded"),
            "erase": _l("Personal data erased"),
            "ask_erasure": _l("Erasure of a household proposed"),
            "agree_erasure": _l("Erasure of a household agreed to"),
            "refuse_erasure": _l("Erasure of a household refused or withdrawn"),
            "draw": _l("Spot checks drawn"),
            "spot_holds": _l("Spot check: the closing holds"),
            "spot_false": _l("Spot check: false closing"),
            "draw_households": _l("Random checks of households drawn"),
            "random_holds": _l("Random check: the household holds"),
            "random_failed": _l("Random check: the household does not hold"),
            "random_lapsed": _l("Random check lapsed"),
            "recheck_given": _l("Random check to be repeated"),
            "file": _l("Filed"),
            "comment": _l("Comment"),
            "enter": _l("Entry"),
            "withdraw_entry": _l("Entry withdrawn"),
            "evidence": _l("Evidence"),
            "assist": _l("Invited to assist"),
            "unassist": _l("Invitation ended"),
            "handler": _l("Handler assigned"),
            "user_created": _l("Account added"),
            "user_closed": _l("Account disabled"),
            "user_opened": _l("Account enabled again"),
            "user_transferred": _l("Account moved to another unit or village"),
            "took_over": _l("Work of a person who has left taken over"),
            "password_set": _l("Password set"),
            "rows": _l("Rows recorded"),
            "rows_begun": _l("Record of rows begun"),
            "ask_verification": _l("Verification asked for"),
            "verified": _l("History verified"),
            "verification_failed": _l("Verification stopped by an error"),
            "erase_words": _l("Words erased"),
            "erasures_begun": _l("List of erased words begun"),
            "refused_access": _l("Refused access"),
            "refused_virus": _l("Refused a file with a virus"),
            "read_trail": _l("Read the audit trail"),
            "backup": _l("Backup made"),
            "restore": _l("Backup restored"),
            "signed_in": _l("Signed in"),
            "signed_out": _l("Signed out"),
            "taken_along": _l("Took pages along on a phone"),
            "token_issued": _l("Token issued"),
            "tokens_revoked": _l("Tokens revoked"),
            "appointed": _l("Appointed"),
            "address_entered": _l("Message address entered"),
            "address_used": _l("Message address verified"),
            "address_dropped": _l("Message address removed"),
            "rotate_key": _l("Key of personal data changed"),
            "seal_files": _l("Stored files encrypted"),
            "rank": _l("Ranking published"),
            "object_ranking": _l("Objection to a ranking"),
            "answer_objection": _l("Objection to a ranking answered"),
            "issue_report": _l("Report on a ranking signed and issued"),
            "receive_report": _l("Report on a ranking received"),
            "remind_figures": _l("Units reminded of their figures"),
            "remind_reports": _l("Units reminded of their reports on a ranking"),
            "roll_reports": _l("Overdue reports on a ranking"),
            "reveal": _l("Viewed full ID numbers"),
            "find_by_number": _l("Found by number"),
            "refused_rows": _l("Downloaded rejected rows"),
            "apply": _l("Register file imported"),
            "bring_list": _l("List of a bureau uploaded"),
            "take_list": _l("List of a bureau taken"),
            "work_lines": _l("Lines of a list given out"),
            "give_checks": _l("Households of a list to be checked"),
            "ask_lines": _l("Lines of a list to be clarified"),
            "late_checks": _l("Households of a list not checked in time"),
            "late_lines": _l("Lines of a list not clarified in time"),
            "answer_line": _l("Line of a list answered"),
            "check_lines": _l("Lines of a list checked"),
            "erase_lines": _l("Words of a list erased"),
            "erase_list_name": _l("File name of a list erased"),
            "erase_import_name": _l("File name of an import erased"),
            "rotate_lines": _l("Words of a list encrypted anew"),
            "ask_undo": _l("Undoing of a register import asked for"),
            "undo": _l("Register import undone"),
            "undo_import": _l("Import undone"),
            "import": _l("Village added by an import"),
            "export": _l("Exported a list"),
            "adopt": _l("Scheme adopted"),
            "in_force": _l("Scheme in force"),
            "revoke_adoption": _l("Adoption of a scheme revoked"),
            "migrate": _l("Migrated to another version of the scheme"),
            "migration": _l("Open tickets moved to the scheme in force"),
            "calendar": _l("Working days changed"),
            "head_sent": _l("Head of the history sent"),
            "papers_waiting": _l("Papers wait to be issued or declined"),
            "view_entered": _l("New tickets in a view"),
            "release": _l("Sweep resumed"),
            "downtime": _l("System was down"),
            "count_days": _l("Days counted"),
            "robot_ended": _l("Group bot of a unit removed"),
            "robot_set": _l("Group bot of a unit set"),
            "rederive": _l("Deadline recalculated"),
            "village_added": _l("Village added"),
            "describe_village": _l("Facts of a village entered"),
            "survey_village": _l("Income of a village entered"),
            "family": _l("Change in the family"),
            "look_again": _l("The people of the household changed: look again"),
            "quota": _l("House of the year's quota entered"),
            "join_matter": _l("Added to a matter"),
            "split_matter": _l("Removed from the matter"),
        },
    }
)


def event_name(event: HistoryLine | Any, setting: CountyContext) -> str:
    """The name of an event."""
    if event.action == "escalate":
        name = say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
        # What is only proposed has not happened to anybody yet.
        if event.given["status"] == "deferred":
            return _("%(rung)s reached; the paper is issued when the office opens", rung=name)
        if event.given["status"] == "recorded":
            return _("%(rung)s reached, on record; no paper is issued", rung=name)
        return _("%(rung)s proposed", rung=name) if event.given["status"] == "proposed" else name
    if event.action in ("issue_rung", "decline_rung"):
        name = say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
        return _("%(rung)s issued", rung=name) if event.action == "issue_rung" else _("%(rung)s declined", rung=name)
    if event.action in CASE_ACTIONS:
        return say(CASE_ACTIONS[event.action].label)
    if event.action in ACTIONS:
        return say(ACTIONS[event.action].label)
    if event.action == "file" and event.given.get("duty"):
        return _("Duty opened")
    return label("event", event.action)


def event_details(event: HistoryLine, setting: CountyContext) -> list[str]:
    """The input of an event in words: codes by their names, then written text."""
    said = [
        *_of_arrival(event),
        *_of_papers(event, setting),
        *_of_deadlines(event),
        *(_charge_sentence(charge, setting) for charge in event.effect.get("charges", ())),
        *_of_codes(event, setting),
        *_of_closings(event, setting),
    ]
    return said + [text for words in event.words.values() for text in _texts(words)]


def _of_arrival(event: HistoryLine) -> Iterator[str]:
    """Both times of an act that was done without a signal."""
    if told := event.given.get("told_at"):
        done = moment(datetime.fromisoformat(told))
        yield _("done at %(done)s without a signal, received at %(at)s", done=done, at=moment(event.at))


def _texts(words: Any) -> Iterator[str]:
    """What people wrote, also as a list, or as the record of a talk."""
    if isinstance(words, dict):
        yield from _texts(words.get("came"))
    elif isinstance(words, list):
        yield "、".join(str(text) for text in words) if chinese() else ", ".join(str(text) for text in words)
    elif words:
        yield str(words)


def _of_papers(event: HistoryLine, setting: CountyContext) -> Iterator[str]:
    given = event.given
    if event.action == "escalate":
        yield f"{label('ticket.stage', given['stage'])} · {unit_name(setting.unit(given['unit']))}"
        if event.effect.get("missed"):
            yield _(
                "%(n)s lower rungs were not issued in time while the system was down", n=len(event.effect["missed"])
            )
    if given.get("paper"):
        yield paper_named(given["paper"], setting)
    for act in event.effect.get("papers", ()):
        if act["act"] == "end" and act["paper"] != given.get("paper"):
            standing = label("paper.standing", act["how"])
            yield _("%(paper)s: %(standing)s", paper=paper_named(act["paper"], setting), standing=standing)


def _of_deadlines(event: HistoryLine) -> Iterator[str]:
    given = event.given
    if event.action == "migrate":
        yield _("version %(before)s → version %(after)s", before=given["left"], after=given["version"])
    if event.action in ("rederive", "migrate"):
        before, after = (datetime.fromisoformat(given[name]) for name in ("from", "due_at"))
        if before != after:
            yield f"{moment(before)} → {moment(after)}"
        for answer in event.effect.get("answers", ()):
            yield f"{_('answer due')} {moment(datetime.fromisoformat(answer['answer_due_at']))}"


def _charge_sentence(charge: dict[str, Any], setting: CountyContext) -> str:
    unit = "" if charge["unit"] is None else unit_name(setting.unit(charge["unit"]))
    return label("event.charge", charge["ground"]) % {"unit": unit, "span": span(charge["minutes"], setting)}


def _of_codes(event: HistoryLine, setting: CountyContext) -> Iterator[str]:
    scheme, given = setting.scheme, event.given
    of_refusal = scheme.candidates.grounds if scheme.candidates else ()
    grounds = {g.code: g.name for g in (*scheme.decline.grounds, *scheme.suspension.grounds, *of_refusal)}
    kinds = {kind.code: kind.name for kind in scheme.kinds}
    if given.get("ground") in grounds:
        yield say(grounds[given["ground"]])
    if event.action != "file" and given.get("kind") in kinds:
        yield say(kinds[given["kind"]])
    if isinstance(given.get("unit"), str) and given["unit"] in setting.by_code:
        yield unit_name(setting.by_code[given["unit"]])
    if event.action == "register":
        yield str(given["code"])
    if given.get("request"):
        yield label("request.kind", given["request"])
    if given.get("period"):
        yield period_name(given["period"])
    if event.action == "cancel" and given.get("edition"):
        yield _("Edition %(n)s of the ranking has replaced this one.", n=given["edition"])
    if given.get("done") is not None and given.get("target"):
        yield _("%(done)s of %(target)s", done=given["done"], target=given["target"])
    for name in ("until", "visited_on", "on"):
        if given.get(name):
            yield f"{label('field', name)} {day(given[name])}"
    if isinstance(given.get("evidence"), list):
        yield _("evidence: %(n)s", n=len(given["evidence"]))


def _of_closings(event: HistoryLine, setting: CountyContext) -> Iterator[str]:
    given = event.given
    if given.get("false_closing"):
        yield _("false closing")
    if {given.get("mended_by"), given.get("struck_off_by")} <= setting.by_code.keys():
        unit, other = (unit_name(setting.by_code[given[name]]) for name in ("mended_by", "struck_off_by"))
        yield _("Resolved by %(unit)s, closed by %(other)s", unit=unit, other=other)
    if any(check["result"] == "lapsed" for check in event.effect.get("spot_checks", ())):
        yield _("The spot check of this ticket lapsed.")
    if given.get("confirmed_by") in setting.by_code:
        unit = unit_name(setting.by_code[given["confirmed_by"]])
        yield _("A checkup found it not met again; %(unit)s had confirmed it.", unit=unit)
