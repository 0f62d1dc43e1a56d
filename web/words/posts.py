"""Posts: their names, what became of them, names of the inputs, and the sentences of their errors."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import User
from web.words.labels import add
from web.words.language import bracketed, listing

add(
    {
        "post": {
            "duty": _l("duty officer"),
            "leader": _l("leader"),
            "deputy": _l("deputy"),
        },
        "post.sort": {
            "unit": _l("by unit"),
            "name": _l("by name"),
            "day": _l("latest first day first"),
        },
        "post.standing": {
            "held": _l("in post"),
            "ahead": _l("begins later"),
            "over": _l("ended"),
            "cancelled": _l("entered by mistake or replaced"),
        },
        "event": {
            "post_ended": _l("Post ended"),
            "post_cancelled": _l("Entry of a post cancelled"),
            "post_reinstated": _l("Post held again: the entry that ended it is cancelled"),
        },
        "field": {
            "stands_for": _l("stands in for"),
        },
        "error": {
            "only_the_office_enters_posts": _l("Only the county office enters posts. Contact the office."),
            "posts_not_yours": _l("Posts are visible to units and to county-level users."),
            "deputy_of_oneself": _l("A deputy stands in for another person. Choose who is away."),
            "deputy_of_another_unit": _l(
                "%(name)s is not of the same unit or village as the deputy. Choose a colleague who is away."
            ),
            "post_taken": _l(
                "%(name)s has held the post since %(day)s, beyond your last day. End that post first, or leave the "
                "last day empty."
            ),
            "post_taken_later": _l(
                "%(name)s holds the post from %(day)s on. Enter a last day before it, or cancel that entry first."
            ),
            "post_day": _l("The day must lie at most %(back)s days back and at most %(ahead)s days ahead."),
            "post_ends_before": _l("The post already ends on %(day)s. Enter that day or an earlier one."),
            "post_cancelled_already": _l("This entry has already been cancelled. %(again)s"),
            "no_such_post_entry": _l("There is no such post. %(again)s"),
        },
    }
)


def person_name(name: str, closed: bool) -> str:
    """A person's name, marked where the account is closed."""
    return _("%(name)s (account closed)", name=name) if closed else name


def people_choices(people: Iterable[User]) -> list[tuple[str, str]]:
    """Choices of a select: people by sign-in name, with their names."""
    return [(one.name, one.display_name + bracketed(one.name)) for one in people]


def colleague_choices(people: Iterable[User]) -> list[tuple[str, str]]:
    """Choices of a select: people of one unit by their names; who shares a name, with the sign-in name."""
    found = list(people)
    names = Counter(one.display_name for one in found)
    return [
        (one.name, one.display_name + (bracketed(one.name) if names[one.display_name] > 1 else "")) for one in found
    ]


def acted_by(name: str | None, away: str | None) -> str:
    """Who acted, and in whose stead; empty for the system."""
    if name is None:
        return ""
    return _("%(name)s standing in for %(away)s", name=name, away=away) if away else name


def held_by(name: str, deputies: Sequence[str]) -> str:
    """A person with those who stood in meanwhile."""
    return _("%(name)s (deputy: %(deputies)s)", name=name, deputies=listing(deputies)) if deputies else name
