"""Departures: kinds of what a person holds, items in words, what happens to them, and the sentences of errors."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import day, on_day
from web.words.labels import add, label
from web.words.language import chinese, listing, space
from web.words.papers import paper_number
from web.words.system import unit_name
from workflow.county.context import CountyContext
from workflow.policy.worktime import local_date
from workflow.setup.departures.departure_plan import Departure, Handing
from workflow.setup.departures.holdings import KINDS, Held

add(
    {
        "holding": {
            "posts": _l("Posts"),
            "standing_in": _l("Stands in for a colleague"),
            "stood_for": _l("A colleague stands in"),
            "tickets": _l("Tickets handled"),
            "households": _l("Households as responsible cadre"),
            "papers": _l("Open papers"),
            "talks": _l("Talks to preside over or to attend"),
            "commitments": _l("Commitments"),
            "drafts": _l("Unfinished drafts"),
            "spot_checks": _l("Spot checks"),
            "random_checks": _l("Random checks"),
            "authorisations": _l("Authorisations to sign"),
        },
        "holding.ends": {
            "authorisations": _l("They end; the unit's leader authorises the person who follows."),
            "stood_for": _l("It ends, since nobody stands in for a person who has left."),
        },
        "field": {f"to.{kind}": _l("handed to") for kind in KINDS},
        "error": {
            "leaver_has_posts": _l(
                "%(name)s still has posts. The county office hands them on, on the same page, before the administrator "
                "closes the account."
            ),
            "leaver_needs_heir": _l(
                "%(name)s cannot take this over. Choose a person of the unit, or of the households' town, from the list."
            ),
            "departure_not_yours": _l(
                "Accounts of villages, towns and bureaus are closed and moved by the county office or the administrator, "
                "others by the administrator. Contact one of them."
            ),
            "departure_ahead": _l("The first day of those who follow must be today or earlier. Enter it again."),
            "moves_nowhere": _l("%(name)s is there already. Choose another unit or village."),
            "role_not_moved": _l("The administrator's account belongs to no unit. Close it instead."),
            "held_no_more": _l("The person does not hold this any more. %(again)s"),
            "held_kind_unknown": _l(
                "“%(kind)s” is nothing that can be handed on. There are: %(kinds)s; a single one as households.CODE."
            ),
            "heirs_by_kind": _l("Name who takes over by kind, as {“tickets”: “user name”}."),
        },
    }
)


def held_name(held: Held, setting: CountyContext) -> str:
    """An item in words: what it is, and the day on which it is due or ends."""
    name = _what(held, setting)
    if held.due_at is None:
        return name
    on = on_day(local_date(held.due_at))
    if held.kind in ("posts", "standing_in", "stood_for"):
        return _("%(what)s, through %(day)s", what=name, day=on)
    return _("%(what)s, due %(day)s", what=name, day=on)


def _what(held: Held, setting: CountyContext) -> str:
    if held.kind in ("posts", "standing_in", "stood_for"):
        unit = unit_name(setting.unit(held.unit_id)) if held.unit_id is not None else ""
        return f"{unit} · {label('post', held.about)}"
    if held.kind in ("papers", "talks"):
        return paper_number(held.ref)
    if held.kind == "commitments":
        return paper_number(held.about)
    if held.kind == "drafts":
        return day(held.about)
    return held.ref if held.kind in ("tickets", "households") else held.about


def outcome_of(handings: Iterable[Handing]) -> str:
    """What happens to the items of one kind: who takes over how many, and how many stay or end."""
    counts: dict[str, int] = {}
    for each in handings:
        name = each.heir.display_name if each.heir is not None else str(_OUTCOMES[each.outcome])
        counts[name] = counts.get(name, 0) + 1
    if len(counts) == 1:
        return next(iter(counts))
    return listing(_("%(whom)s: %(n)s", whom=name, n=count) for name, count in counts.items())


_OUTCOMES = {
    "stays": _l("stays with the person"),
    "vacant": _l("left vacant"),
    "ends": _l("ends"),
}


def done_sentence(made: Departure, setting: CountyContext) -> str:
    """What a departure has done."""
    if made.seat is None:
        first = _("The account of %(name)s is closed.", name=made.user.display_name)
    else:
        where = unit_name(setting.unit(made.seat.unit.id))
        if made.seat.village is not None:
            where += made.seat.village.name
        first = _("%(name)s now belongs to %(where)s.", name=made.user.display_name, where=where)
    parts = []
    for kind in KINDS:
        of_kind = [each for each in made.handings if each.held.kind == kind]
        if of_kind:
            parts.append(
                _("%(kind)s (%(n)s): %(whom)s", kind=label("holding", kind), n=len(of_kind), whom=outcome_of(of_kind))
            )
    if not parts:
        return first + space() + _("There was nothing to hand on.")
    return first + space() + _("Handed on: %(parts)s.", parts=("；" if chinese() else "; ").join(parts))
