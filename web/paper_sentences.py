"""The ladder's papers in the reader's language: their titles, how they stand, and refusals."""

from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from models import Paper, PaperAct


def errors() -> dict[str, str]:
    """Sentences by code."""
    return {
        "no_such_paper": _("There is no such paper, or it is not yours to see; check the number."),
        "papers_not_yours": _("Papers are listed for units and for who reads the county; ask your town."),
        "paper_of_another_unit": _("The paper is addressed to another unit; leave it to that unit."),
        "paper_received": _("The paper was received already, or counts as received; load it again."),
        "paper_answered": _("The paper was answered already; load it again."),
        "paper_ended": _("The paper has ended, so this can no longer be done; load it again."),
        "revocation_of_another": _("A paper is revoked by the unit that issued it; ask it."),
        "revocation_asked": _("Its revocation was asked for already, which is done once; load the paper again."),
        "revocation_not_asked": _("Nobody asks for its revocation any more; load the paper again."),
        "second_person_needed": _("You asked for the revocation yourself; a colleague has to confirm it."),
        "higher_paper_issued": _("A paper of a higher rung is out already; decline this one."),
        "unknown_standing": _("Choose open, late or ended papers."),
        "unknown_rung": _("There are papers of the rungs 3, 4 and 5; choose one of them."),
    }


def in_language(words: dict[str, str]) -> str:
    """Frozen words in the reader's language."""
    return words["zh"] if str(get_locale() or "zh").startswith("zh") else words["en"]


def paper_title(paper: Paper) -> str:
    """A paper's kind and number: 督办〔2018〕第7号."""
    year, _rung, number = paper.number.split(":")
    return _("%(kind)s〔%(year)s〕 No. %(number)s", kind=in_language(paper.content["rung"]), year=year, number=number)


def standing_name(standing: str) -> str:
    """How a paper stands."""
    return {
        "issued": _("not received yet"),
        "received": _("received"),
        "answered": _("answered"),
        "satisfied": _("satisfied"),
        "superseded": _("superseded"),
        "lapsed": _("void: no longer the unit's"),
        "revoked": _("revoked"),
    }[standing]


def sort_name(which: str) -> str:
    """What a list of papers is narrowed to."""
    return {"open": _("open"), "late": _("open past its time"), "ended": _("ended")}[which]


def act_name(act: PaperAct | Any) -> str:
    """What happened to a paper."""
    return {
        "signed": _("Signed for"),
        "deemed": _("Counts as received"),
        "answer": _("Answered"),
        "ask_revocation": _("Revocation asked for"),
        "keep": _("Not revoked"),
        "satisfied": _("Satisfied"),
        "superseded": _("Superseded by a paper of a higher rung"),
        "lapsed": _("Void: what it asks for is no longer the unit's to do"),
        "revoked": _("Revoked"),
    }[act.how or act.act]
