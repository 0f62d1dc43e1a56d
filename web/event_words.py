"""What an event was and what was given with it, in the reader's words."""

from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from web import duty_sentences, paper_sentences, sentences
from web.paper_words import paper_named
from web.sentences import say
from web.words import day, request_name, span, stage_name, unit_name
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.county.context import Setting
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.views.timeline import HistoryLine


def event_name(event: HistoryLine | Any, setting: Setting) -> str:
    """What happened, in a few words."""
    if event.action == "escalate":
        name = say(setting.scheme.ladder.rungs[event.given["rung"] - 1].name)
        # What is only proposed has not happened to anybody yet.
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
    return {
        "propose_case": _("Case proposed"),
        "ask_time": _("Time asked for"),
        "answer_paper": _("Paper answered"),
        "ask_revocation": _("Revocation of a paper asked for"),
        "deem_received": _("Paper counts as received"),
        "keep_paper": _("Paper not revoked"),
        "revoke_paper": _("Paper revoked"),
        "sign_paper": _("Paper signed for"),
        "refuse_time": _("Time refused"),
        "draw": _("Spot checks drawn"),
        "spot_holds": _("Spot check: the closing holds"),
        "spot_false": _("Spot check: false closing"),
        "file": _("Filed"),
        "comment": _("Comment"),
        "enter": _("Entry"),
        "withdraw_entry": _("Entry withdrawn"),
        "evidence": _("Evidence"),
        "assist": _("Invited to assist"),
        "unassist": _("Invitation ended"),
        "handler": _("Handler named"),
        "user_created": _("Account added"),
        "user_closed": _("Account closed"),
        "user_opened": _("Account opened again"),
        "password_set": _("Password set"),
        "token_issued": _("Token issued"),
        "tokens_revoked": _("Tokens withdrawn"),
        "appointed": _("Appointed"),
        "address_entered": _("Address for messages entered"),
        "address_used": _("Address for messages verified"),
        "address_dropped": _("Address for messages given up"),
        "rotate_key": _("Key of personal data changed"),
        "rank": _("Ranking published"),
        "object_ranking": _("Objection to a ranking"),
        "answer_objection": _("Objection to a ranking answered"),
        "issue_report": _("Report on a ranking issued"),
        "receive_report": _("Report on a ranking received"),
        "roll_reports": _("Reports on a ranking not in on time"),
        "reveal": _("Saw full numbers"),
        "find_by_number": _("Found by number"),
        "refused_rows": _("Took the refused rows of a file"),
        "apply": _("Register file applied"),
        "import": _("Village added by a file"),
        "export": _("Took a list as a spreadsheet"),
        "adopt": _("Scheme adopted"),
        "in_force": _("Scheme in force"),
        "revoke_adoption": _("Adoption of a scheme revoked"),
        "migrate": _("Moved to another version of the scheme"),
        "migration": _("Open tickets moved to the scheme in force"),
        "calendar": _("Working days changed"),
        "release": _("Sweep released"),
        "downtime": _("System was down"),
        "count_days": _("Days counted"),
        "robot_ended": _("Robot of a unit removed"),
        "robot_set": _("Robot of a unit set"),
        "rederive": _("Deadline reckoned anew"),
        "village_added": _("Village added"),
        "join_matter": _("Put into a matter"),
        "split_matter": _("Split off from the matter"),
    }.get(event.action, event.action)


def event_details(event: HistoryLine, setting: Setting) -> list[str]:
    """What was given with an event, in words: codes by their names, then what people wrote."""
    scheme, given, found = setting.scheme, event.given, []
    grounds = {ground.code: ground.name for ground in (*scheme.decline.grounds, *scheme.suspension.grounds)}
    kinds = {kind.code: kind.name for kind in scheme.kinds}
    if event.action == "escalate":
        found.append(f"{stage_name(given['stage'])} · {unit_name(setting.unit(given['unit']))}")
        if event.effect.get("missed"):
            found.append(_("%(n)s lower rungs passed unseen while the system was down", n=len(event.effect["missed"])))
    if given.get("paper"):
        found.append(paper_named(given["paper"], setting))
    for told in event.effect.get("papers", ()):
        if told["act"] == "end" and told["paper"] != given.get("paper"):
            name = paper_sentences.standing_name(told["how"])
            found.append(_("%(paper)s: %(standing)s", paper=paper_named(told["paper"], setting), standing=name))
    if event.action == "migrate":
        found.append(_("version %(before)s → version %(after)s", before=given["left"], after=given["version"]))
    if event.action in ("rederive", "migrate"):
        before, after = (datetime.fromisoformat(given[name]) for name in ("from", "due_at"))
        found += [f"{sentences.moment(before)} → {sentences.moment(after)}"] if before != after else []
        for answer in event.effect.get("answers", ()):
            due = sentences.moment(datetime.fromisoformat(answer["answer_due_at"]))
            found.append(f"{_('answer due')} {due}")
    for charge in event.effect.get("charges", ()):
        time = span(charge["minutes"], setting)
        if charge["ground"] == "downtime":
            found.append(_("Nobody bears %(span)s: the system was down", span=time))
            continue
        unit = unit_name(setting.unit(charge["unit"]))
        found.append(
            _("%(unit)s bears %(span)s: it was late in answering", unit=unit, span=time)
            if charge["ground"] == "late_answer"
            else _("%(unit)s bears %(span)s: the time the ruling took", unit=unit, span=time)
        )
    if given.get("ground") in grounds:
        found.append(say(grounds[given["ground"]]))
    if event.action != "file" and given.get("kind") in kinds:
        found.append(say(kinds[given["kind"]]))
    if isinstance(given.get("unit"), str) and given["unit"] in setting.by_code:
        found.append(unit_name(setting.by_code[given["unit"]]))
    if given.get("request"):
        found.append(request_name(given["request"]))
    if given.get("period"):
        found.append(duty_sentences.period_name(given["period"]))
    if event.action == "cancel" and given.get("edition"):
        found.append(_("Edition %(n)s of the ranking has replaced this one.", n=given["edition"]))
    if given.get("done") is not None and given.get("target"):
        found.append(_("%(done)s of %(target)s", done=given["done"], target=given["target"]))
    for name in ("until", "visited_on", "on"):
        if given.get(name):
            found.append(f"{sentences.field_name(name)} {day(given[name])}")
    if isinstance(given.get("evidence"), list):
        found.append(_("evidence: %(n)s", n=len(given["evidence"])))
    if given.get("false_closing"):
        found.append(_("false closing"))
    if {given.get("mended_by"), given.get("struck_off_by")} <= setting.by_code.keys():
        unit, other = (unit_name(setting.by_code[given[name]]) for name in ("mended_by", "struck_off_by"))
        found.append(_("Mended by %(unit)s, struck off by %(other)s", unit=unit, other=other))
    if any(told["result"] == "lapsed" for told in event.effect.get("spot_checks", ())):
        found.append(_("A spot check of it lapsed with this."))
    if given.get("confirmed_by") in setting.by_code:
        unit = unit_name(setting.by_code[given["confirmed_by"]])
        found.append(_("A checkup found it unmet again; it had been confirmed by %(unit)s.", unit=unit))
    return found + [str(words) for words in event.words.values() if words]


def init(app: Flask) -> None:
    """Hand them to the templates."""
    app.jinja_env.globals.update({word.__name__: word for word in (event_name, event_details)})
