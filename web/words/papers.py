"""Papers: their titles and numbers, labels of their standing and acts, and the sentences of their errors."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import Paper, PaperAct
from web.words.labels import add, label
from web.words.language import in_language, say
from workflow.county.context import Setting

add(
    {
        "paper.standing": {
            "issued": _l("not received yet"),
            "received": _l("received"),
            "answered": _l("answered"),
            "satisfied": _l("satisfied"),
            "superseded": _l("superseded"),
            "lapsed": _l("void: no longer the unit's"),
            "revoked": _l("revoked"),
        },
        "paper.filter": {
            "open": _l("open"),
            "late": _l("open past its time"),
            "ended": _l("ended"),
        },
        "paper.act": {
            "signed": _l("Signed for"),
            "deemed": _l("Counts as received"),
            "answer": _l("Answered"),
            "ask_revocation": _l("Revocation asked for"),
            "keep": _l("Not revoked"),
            "satisfied": _l("Satisfied"),
            "superseded": _l("Superseded by a paper of a higher rung"),
            "lapsed": _l("Void: what it asks for is no longer the unit's to do"),
            "revoked": _l("Revoked"),
        },
        "rung.status": {
            "issued": _l("issued"),
            "proposed": _l("proposed"),
            "missed": _l("missed by the system"),
            "declined": _l("declined"),
        },
        "pending.decision": {
            "rung": _l("proposed, to be issued or declined"),
            "revocation": _l("its revocation is asked for"),
            "withdrawal": _l("its withdrawal is asked for"),
        },
        "audit.gap": {
            "paper_missing": _l("a paper of its rungs is missing"),
            "receipt_missing": _l("its receipt is not put down"),
            "end_missing": _l("its end is not put down"),
            "case_missing": _l("the case that its last rung proposes is missing"),
            "lapse_missing": _l("the end of the time for a statement is not put down"),
        },
        "error": {
            "no_such_paper": _l("There is no such paper, or it is not yours to see; check the number."),
            "papers_not_yours": _l("Papers are listed for units and for who reads the county; ask your town."),
            "paper_of_another_unit": _l("The paper is addressed to another unit; leave it to that unit."),
            "paper_received": _l("The paper was received already, or counts as received; load it again."),
            "paper_answered": _l("The paper was answered already; load it again."),
            "paper_ended": _l("The paper has ended, so this can no longer be done; load it again."),
            "revocation_of_another": _l("A paper is revoked by the unit that issued it; ask it."),
            "revocation_asked": _l("Its revocation was asked for already, which is done once; load the paper again."),
            "revocation_not_asked": _l("Nobody asks for its revocation any more; load the paper again."),
            "second_person_needed": _l("You asked for the revocation yourself; a colleague has to confirm it."),
            "higher_paper_issued": _l("A paper of a higher rung is out already; decline this one."),
            "unknown_standing": _l("Choose open, late or ended papers."),
            "unknown_rung": _l("There are papers of the rungs 3, 4 and 5; choose one of them."),
        },
    }
)


def paper_title(paper: Paper) -> str:
    """A paper's kind and number: 督办〔2018〕第7号."""
    year, _rung, number = paper.number.split(":")
    return _("%(kind)s〔%(year)s〕 No. %(number)s", kind=in_language(paper.content["rung"]), year=year, number=number)


def act_name(act: PaperAct | Any) -> str:
    """What happened to a paper."""
    return label("paper.act", act.how or act.act)


def paper_number(paper: str) -> str:
    """The number of a paper as it is written: 2018:4:1 is 〔2018〕第1号."""
    year, _kind, number = paper.split(":")
    return _("〔%(year)s〕 No. %(number)s", year=year, number=number)


def paper_named(number: str, setting: Setting) -> str:
    """A paper by its kind and number."""
    return say(setting.scheme.ladder.rungs[int(number.split(":")[1]) - 1].name) + paper_number(number)
