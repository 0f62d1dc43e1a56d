"""Papers: their titles and numbers, labels of their standing and acts, and the sentences of their errors."""

from typing import Any

from flask_babel import lazy_gettext as _l

from models import Paper, PaperAct
from web.words.labels import add, label
from web.words.language import chinese, in_language, say
from workflow.county import document_numbers
from workflow.county.context import CountyContext

add(
    {
        "paper.standing": {
            "issued": _l("not received yet"),
            "received": _l("received"),
            "answered": _l("answered, to be checked"),
            "returned": _l("answer returned"),
            "verified": _l("found carried out"),
            "concluded": _l("ended with the ticket"),
            "moved_on": _l("ended as the ticket moved on"),
            "satisfied": _l("ended by an answer or by work (before 0.3)"),
            "superseded": _l("superseded"),
            "lapsed": _l("void: the unit is no longer responsible"),
            "revoked": _l("revoked"),
        },
        "paper.filter": {
            "open": _l("open"),
            "late": _l("open and overdue"),
            "ended": _l("ended"),
        },
        "paper.act": {
            "signed": _l("Receipt confirmed"),
            "deemed": _l("Counts as received"),
            "answer": _l("Answered"),
            "return": _l("Answer returned"),
            "record": _l("Talk recorded"),
            "verified": _l("Found carried out"),
            "concluded": _l("Ended with the ticket"),
            "moved_on": _l("Ended as the ticket moved on"),
            "ask_revocation": _l("Revocation requested"),
            "keep": _l("Not revoked"),
            "satisfied": _l("Ended by an answer or by work (before 0.3)"),
            "superseded": _l("Superseded by a paper of a higher rung"),
            "lapsed": _l("Void: the unit is no longer responsible for it"),
            "revoked": _l("Revoked"),
        },
        "rung.status": {
            "issued": _l("issued"),
            "proposed": _l("proposed"),
            "deferred": _l("reached; issued when the office opens"),
            "missed": _l("missed by the system"),
            "recorded": _l("on record, no paper issued"),
            "declined": _l("declined"),
        },
        "pending.decision": {
            "rung": _l("proposed: issue or decline"),
            "answer": _l("answered: check or return"),
            "talk": _l("the talk is to be recorded"),
            "revocation": _l("revocation requested"),
            "withdrawal": _l("withdrawal requested"),
        },
        "audit.gap": {
            "paper_missing": _l("paper of an issued rung is missing"),
            "issue_missing": _l("paper due when the office opened is not issued"),
            "receipt_missing": _l("its receipt is not recorded"),
            "end_missing": _l("its end is not recorded"),
            "case_missing": _l("case proposed by the last rung is missing"),
            "lapse_missing": _l("the end of the time for a statement is not recorded"),
        },
        "field": {
            "meet_at": _l("time of the talk"),
            "hours_reason": _l("reason for a talk outside office hours"),
            "place": _l("place of the talk"),
            "presider": _l("presided by"),
            "attendees": _l("who must come"),
            "held_at": _l("held at"),
            "came": _l("who came"),
            "minutes": _l("minutes of the talk"),
            "commitments": _l("commitments"),
        },
        "error": {
            "no_such_paper": _l("There is no such paper, or you do not have access to it. Check the number."),
            "papers_not_yours": _l("Papers are visible to units and to county-level users. Ask your town."),
            "paper_of_another_unit": _l("The paper is addressed to another unit. Leave it to that unit."),
            "paper_of_another_issuer": _l("Only the unit that issued the paper checks its answer. Contact that unit."),
            "paper_not_answered": _l("There is no answer to check. The unit answers first."),
            "paper_work_open": _l(
                "The unit still holds what the paper asks of it, so it is not carried out. Return the answer, or wait until"
                " the unit has moved the ticket on."
            ),
            "paper_without_talk": _l("This paper appoints no talk."),
            "talk_recorded": _l("The talk is already recorded. %(again)s"),
            "talk_not_recorded": _l("Record the talk first; until then the paper is open."),
            "talk_in_the_past": _l("The talk is appointed for a time that is past. Choose a later one."),
            "talk_too_far": _l("A talk is held within %(days)s working days, by %(day)s. Choose an earlier time."),
            "talk_out_of_hours": _l(
                "%(day)s, %(hour)s is on a day off or outside office hours. Choose another time, or state why it must be then."
            ),
            "talk_before_paper": _l(
                "The talk was appointed on %(day)s and cannot have been held before. Correct the time."
            ),
            "talk_in_the_future": _l("The talk cannot be recorded before it was held. Correct the time."),
            "too_many_people": _l("Name at most %(most)s people."),
            "bad_commitments": _l("Give at most %(most)s commitments, each with its words and its day."),
            "commitment_incomplete": _l("Each commitment needs its words and the day by which it is done."),
            "commitment_past": _l("%(day)s is past. A commitment is done by today or a later day."),
            "commitment_too_far": _l(
                "%(day)s is too far ahead. A commitment is done within %(days)s working days, by %(last)s."
            ),
            "paper_received": _l("The paper was already received, or counts as received. %(again)s"),
            "paper_answered": _l("The paper was already answered. %(again)s"),
            "paper_ended": _l("The paper has ended; this can no longer be done. %(again)s"),
            "revocation_of_another": _l("Only the unit that issued the paper can revoke it. Contact that unit."),
            "revocation_asked": _l("Revocation was already requested. %(again)s"),
            "revocation_not_asked": _l("There is no pending request for revocation. %(again)s"),
            "second_person_needed": _l("You requested the revocation yourself. A colleague must confirm it."),
            "office_closed": _l(
                "Papers are issued in office hours only. The office opens at %(opens)s; issue it then."
            ),
            "higher_paper_issued": _l("A paper of a higher rung has already been issued. Decline this one."),
            "leaders_get_no_paper": _l(
                "No paper is issued to the leading group: no unit of the county is above it. Decline this one."
            ),
            "unknown_standing": _l("Choose open, late or ended papers."),
            "unknown_rung": _l("Papers exist for the rungs 3, 4 and 5. Choose one of them."),
        },
    }
)


def paper_title(paper: Paper) -> str:
    """A paper's kind and number: 督办 华扶办〔2018〕7号."""
    gap = "" if document_numbers.is_old(paper.number) and chinese() else " "
    return in_language(paper.content["rung"]) + gap + paper_number(paper.number)


def act_name(act: PaperAct | Any) -> str:
    """An act on a paper."""
    return label("paper.act", act.how or act.act)


def paper_number(paper: str) -> str:
    """The number of a paper as it is printed, the same in both languages: 华扶办〔2018〕17号."""
    return document_numbers.printed(paper)


def paper_named(number: str, setting: CountyContext) -> str:
    """A paper by its number; before issuers had one series, by its kind and number."""
    if not document_numbers.is_old(number):
        return paper_number(number)
    return say(setting.scheme.ladder.rungs[int(number.split(":")[1]) - 1].name) + paper_number(number)
