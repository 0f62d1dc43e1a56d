"""The navigation (导航): which pages a role finds first, which under "More", and what their links are called.

A new page is one line of `LABELS` and its name in the rows of the roles it is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from web import db, redirects
from web.auth import signed_in_actor, signed_in_user
from web.entry_counts import EntryCounts, entry_counts, shown_count
from web.words.labels import add, label
from workflow.county.context import county_context
from workflow.register.bulk_lists import list_views
from workflow.register.counted import quota

#: What the link to a page is called, by the page's endpoint.
LABELS: dict[str, LazyString] = {
    "home": _l("Today"),
    "briefing": _l("Briefing"),
    "board": _l("Board"),
    "tickets": _l("Tickets"),
    "units": _l("Time"),
    "rankings": _l("Ranking"),
    "ranking_day": _l("Ranking desk"),
    "duties": _l("Duties"),
    "inbox": _l("Inbox"),
    "papers": _l("Papers"),
    "instructions": _l("Instructions"),
    "signals": _l("Signals"),
    "trail": _l("Audit trail"),
    "blocks": _l("Sealed history"),
    "spot_checks": _l("Spot checks"),
    "random_checks": _l("Random checks"),
    "cases": _l("Cases"),
    "visits": _l("Visits"),
    "households": _l("Households"),
    "candidates": _l("Not registered"),
    "bulk_lists": _l("Lists of bureaus"),
    "bulk_checks": _l("Checks of lists"),
    "schemes": _l("Scheme"),
    "calendar": _l("Working days"),
    "file": _l("File a ticket"),
    "users": _l("Accounts"),
    "robots": _l("Group bots"),
    "authorisations": _l("Authorisations"),
    "posts_page": _l("Posts"),
    "villages": _l("Villages"),
    "quota": _l("Quota of houses"),
    "reforms": _l("Reforms of units and villages"),
    "county_setup": _l("County workbook"),
    "cadres": _l("Cadres of households"),
    "county_units": _l("Units of the county"),
    "resets": _l("Account resets"),
    "personal_data": _l("Personal data"),
    "feedback": _l("Feedback on this system"),
}
add({"page": LABELS})
#: The letter that leads to a page after `g`, at a desk (static/keys.js).
LETTERS = {
    "home": "h",
    "board": "b",
    "tickets": "t",
    "units": "u",
    "rankings": "r",
    "duties": "d",
    "inbox": "i",
    "papers": "p",
    "signals": "s",
    "trail": "a",
    "visits": "v",
    "file": "n",
    "households": "f",
    "cases": "c",
    "ranking_day": "y",
    "spot_checks": "k",
    "users": "o",
    "posts_page": "w",
    "candidates": "e",
    "briefing": "l",
}
#: Where each role goes most, in this order, and what it finds under "More": a dozen links are too many for a phone.
FIRST = {
    "office": ("board", "tickets", "units", "rankings", "duties", "inbox"),
    "leaders": ("briefing", "board", "tickets", "units", "rankings", "inbox"),
    "inspectorate": ("board", "tickets", "signals", "trail", "rankings", "inbox"),
    "town": ("home", "tickets", "visits", "file", "duties", "inbox"),
    "bureau": ("home", "tickets", "duties", "units", "papers", "inbox"),
    "village": ("home", "file", "visits", "tickets", "households", "inbox"),
    "admin": ("users", "posts_page", "county_setup", "county_units", "robots"),
}
MORE = {
    "office": (
        *(
            "briefing",
            "file",
            "papers",
            "instructions",
            "signals",
            "spot_checks",
            "random_checks",
            "cases",
            "visits",
            "households",
            "candidates",
            "bulk_lists",
        ),
        *(
            "ranking_day",
            "schemes",
            "calendar",
            "posts_page",
            "authorisations",
            "villages",
            "quota",
            "reforms",
            "county_setup",
            "cadres",
        ),
        *("county_units", "blocks", "personal_data", "feedback"),
    ),
    "leaders": (
        *(
            "instructions",
            "file",
            "ranking_day",
            "duties",
            "spot_checks",
            "random_checks",
            "cases",
            "households",
            "candidates",
        ),
        *("bulk_lists", "schemes", "posts_page", "authorisations", "villages", "reforms", "blocks", "personal_data"),
    ),
    "inspectorate": (
        *(
            "briefing",
            "file",
            "units",
            "papers",
            "instructions",
            "spot_checks",
            "random_checks",
            "cases",
            "duties",
            "households",
        ),
        *("candidates", "bulk_lists", "schemes"),
        *("posts_page", "authorisations", "villages", "reforms", "blocks", "resets", "personal_data"),
    ),
    "town": (
        "households",
        "candidates",
        "bulk_checks",
        "bulk_lists",
        "board",
        "units",
        "papers",
        "instructions",
        "rankings",
        "spot_checks",
        "random_checks",
        "cases",
        "posts_page",
        "authorisations",
        "villages",
        "quota",
        "cadres",
    ),
    "bureau": (
        "file",
        "instructions",
        "rankings",
        "candidates",
        "bulk_lists",
        "board",
        "cases",
        "households",
        "posts_page",
        "authorisations",
        "villages",
    ),
    "village": ("candidates", "bulk_checks", "rankings", "board"),
    "admin": (),
}
#: Who works on tickets finds those that wait for the own unit first.
_OWN_TICKETS = ("village", "town", "bureau")


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its address and words, whether its page is the one shown, how many things wait behind it, as shown, and its
    letter after `g`, empty where it has none."""

    address: str
    label: str
    here: bool
    count: str
    letter: str


@dataclass(frozen=True, slots=True)
class Navigation:
    """The links a person sees on every page."""

    first: tuple[Link, ...]
    more: tuple[Link, ...]

    @property
    def more_here(self) -> bool:
        """Whether the page shown is one of those under "More"."""
        return any(link.here for link in self.more)


def navigation(role: str, counts: EntryCounts, without: frozenset[str] = frozenset()) -> Navigation:
    """The links of a role, but for pages the scheme has no use for; what waits is counted at the first and the inbox."""
    behind = {FIRST[role][0]: counts.waiting, "inbox": counts.unread}
    return Navigation(
        tuple(_link(name, role, behind) for name in FIRST[role]),
        tuple(_link(name, role, {}) for name in MORE[role] if name not in without),
    )


def _link(name: str, role: str, behind: Mapping[str, int]) -> Link:
    mine = 1 if name == "tickets" and role in _OWN_TICKETS else None
    return Link(
        _address(request.script_root, name, mine),
        label("page", name),
        request.endpoint == f"pages.{name}",
        shown_count(behind.get(name, 0)),
        LETTERS.get(name, ""),
    )


@lru_cache(maxsize=400)
def _address(_root: str, name: str, mine: int | None) -> str:
    """The address of a page below the root at which the request found the app."""
    return url_for(f"pages.{name}", mine=mine)


def page_context() -> dict[str, Any]:
    """Context of every page: its address, its links, the number of unread messages, and the reader's unit."""
    context: dict[str, Any] = {
        "here": redirects.here(),
        "keeps_words": redirects.keeps_words(),
        "unread": 0,
        "acts_for": None,
    }
    if not current_user.is_authenticated:
        return context
    actor = signed_in_actor()
    with db.read_session() as session:
        counts = entry_counts(session, actor, signed_in_user().id)
        setting = county_context(session)
        # For `place`, since a town beside a village comes as a name.
        ended_first = sorted(setting.units.values(), key=lambda each: each.successor_id is None)
        g.unit_names = {each.name: each.name_en for each in ended_first}
        unit = setting.unit(actor.unit_id) if actor.unit_id else None
        unused = {"quota": quota.duty_of(setting) is None, "candidates": setting.scheme.candidates is None}
        unused |= dict.fromkeys(("bulk_lists", "bulk_checks"), not list_views.has_any(session, setting))
        without = frozenset(name for name, nothing in unused.items() if nothing)
    links = navigation(actor.role, counts, without)
    return context | {"unread": counts.unread, "acts_for": unit, "navigation": links}
