"""Papers: their titles and numbers, labels of their standing and acts, and the sentences of their errors."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import Paper, PaperAct
from web.words.labels import add, label
from web.words.language import in_language, say
from workflow.county.context import CountyContext

add(
    {
        "paper.standing": {
            "issued": _l("not received yet"),
            "received": _l("received"),
            "answered": _l("answered"),
            "satisfied": _l("satisfied"),
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
            "ask_revocation": _l("Revocation requested"),
            "keep": _l("Not revoked"),
            "satisfied": _l("Satisfied"),
            "superseded": _l("Superseded by a paper of a higher rung"),
            "lapsed": _l("Void: the unit is no longer responsible for it"),
            "revoked": _l("Revoked"),
        },
        "rung.status": {
            "issued": _l("issued"),
            "proposed": _l("proposed"),
            "missed": _l("missed by the system"),
            "declined": _l("declined"),
        },
        "pending.decision": {
            "rung": _l("proposed: issue or decline"),
            "revocation": _l("revocation requested"),
            "withdrawal": _l("withdrawal requested"),
        },
        "audit.gap": {
            "paper_missing": _l("paper of an issued rung is missing"),
            "receipt_missing": _l("its receipt is not recorded"),
            "end_missing": _l("its end is not recorded"),
            "case_missing": _l("case proposed by the last rung is missing"),
            "lapse_missing": _l("the end of the time for a statement is not recorded"),
        },
        "error": {
            "no_such_paper": _l("There is no such paper, or you do not have access to it. Check the number."),
            "papers_not_yours": _l("Papers are visible to units and to county-level users. Ask your town."),
            "paper_of_another_unit": _l("The paper is addressed to another unit. Leave it to that unit."),
            "paper_received": _l("The paper was already received, or counts as received. Reload it."),
            "paper_answered": _l("The paper was already answered. Reload it."),
            "paper_ended": _l("The paper has ended; this can no longer be done. Reload it."),
            "revocation_of_another": _l("Only the unit that issued the paper can revoke it. Contact that unit."),
            "revocation_asked": _l("Revocation was already requested. Reload the page."),
            "revocation_not_asked": _l("There is no pending request for revocation. Reload the page."),
            "second_person_needed": _l("You requested the revocation yourself. A colleague must confirm it."),
            "higher_paper_issued": _l("A paper of a higher rung has already been issued. Decline this one."),
            "unknown_standing": _l("Choose open, late or ended papers."),
            "unknown_rung": _l("Papers exist for the rungs 3, 4 and 5. Choose one of them."),
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


def paper_named(number: str, setting: CountyContext) -> str:
    """A paper by its kind and number."""
    return say(setting.scheme.ladder.rungs[int(number.split(":")[1]) - 1].name) + paper_number(number)
