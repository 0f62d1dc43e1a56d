"""Offers of an import: what a file shows of families, as questions with the forms that record the answers."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from web.auth import signed_in_actor
from web.words.labels import label
from web.words.system import unit_name
from workflow.county.context import CountyContext
from workflow.register.lives.household_input import kinds_for

#: What may have happened to a head whom the file no longer names.
_OF_HEADS = ("died", "moved_away", "married_out")


def offer_sentence(offer: Mapping[str, Any]) -> str:
    """The question of an offer."""
    what, n, code, other = offer["what"], offer["n"], offer["code"], offer["household"]
    if what == "code_corrected":
        return _(
            "%(code)s is new, and household %(other)s, in which its %(n)s people are named here, is not in the file. Was its "
            "code corrected?",
            code=code,
            n=n,
            other=other,
        )
    if what == "split":
        return _(
            "%(code)s is new: %(n)s people in it are named in household %(other)s here. Did they split off?",
            code=code,
            n=n,
            other=other,
        )
    if what == "split_head":
        return _(
            "%(code)s is new: %(n)s people in it are named in household %(other)s here, its head among them. If they split off, "
            "name another head of %(other)s first, then read the file again.",
            code=code,
            n=n,
            other=other,
        )
    if what == "moved":
        return _(
            "%(n)s people of %(code)s are named in household %(other)s here. Moved or married?",
            code=code,
            n=n,
            other=other,
        )
    if what == "relocated":
        return _("%(code)s is named in another village than here. Did it move?", code=code)
    if what == "head":
        return _("The head of %(code)s is no longer named. Died, left, or no longer head?", code=code)
    if what == "gone":
        return _(
            "The file calls %(n)s people of %(code)s dead or gone who are members here. Died or left?", code=code, n=n
        )
    if what == "ended":
        return _("%(code)s has ended here and is named again. Does somebody live there?", code=code)
    return _(
        "%(n)s people of %(code)s are named in households of other towns. Those towns or the county office record the move.",
        code=code,
        n=n,
    )


def offer_links(offer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The forms that record the possible answers, filled with what the file shows; each shows first what it will do."""
    what, other, members, to = offer["what"], offer["household"], offer["members"], offer["to"]
    # An import that was read before this was kept has no head.
    head = offer.get("head")
    whole = {kind.code for kind in kinds_for(signed_in_actor())}
    if what in ("split", "relocated", "code_corrected"):
        if what not in whole:
            return []
        address = url_for(
            "pages.household_change", kind=what, code=other, members=members or None, to=to or None, head=head
        )
        return [(label("life.kind", what), address)]
    kinds = {
        "moved": ("moved",),
        "head": (*_OF_HEADS, "head"),
        "gone": _OF_HEADS,
        "split_head": ("head",),
        "ended": ("came_in", "registered"),
    }.get(what, ())
    links = []
    for kind in kinds:
        chosen = None if kind in ("came_in", "registered") else members or None
        if kind == "head":
            chosen = [head] if head else None
        address = url_for(
            "pages.family_form",
            code=other,
            kind=kind,
            members=chosen,
            to=to if kind == "moved" else None,
            head=head if kind in _OF_HEADS else None,
        )
        links.append((label("life.kind", kind), address))
    return links


def village_question(question: Mapping[str, Any], setting: CountyContext) -> str:
    """What is asked about a village of a file, as `village_answers.village_questions` has it."""
    town, written = question["town"], question["written"]
    name = (unit_name(setting.unit(town)) if town else "") + f"“{written}”"
    if question["why"] == "sheet":
        return _("The sheet is called %(name)s. Is it this village?", name=name)
    if question["why"] == "several":
        return _("%(name)s may be several villages.", name=name)
    return _("The county has no village %(name)s.", name=name)
