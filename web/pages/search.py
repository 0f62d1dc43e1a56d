"""One search: tickets, households, places, papers, duties, accounts and help by number or part of a name, each within one's sight.

Each group is the first lines of a list that exists, asked as that list asks it, so nothing is found here that is not found there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, search_text
from web.auth import signed_in_actor
from web.pages import admin, blueprint
from web.words.help import tasks_of
from web.words.labels import label
from web.words.language import say
from web.words.system import unit_name
from workflow.accountability import paper_views
from workflow.accountability.paper_views import PaperFilters
from workflow.actors import Actor
from workflow.assessment import duty_calendar
from workflow.county.context import CountyContext, county_context
from workflow.county.document_numbers import printed
from workflow.errors import NotFound
from workflow.register import household_listing
from workflow.register.household_listing import Wanted
from workflow.register.names.pinyin import initials
from workflow.tickets import lookup
from workflow.tickets.views import listing
from workflow.tickets.views.search import cleaned
from workflow.tickets.visibility import COUNTY_WIDE

#: Lines of a group; one more is read, to know whether there are more.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """One line: where it leads, what it is called, and what else is said of it."""

    address: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, and where all of them are listed; empty where there are no more or no such list."""

    title: str
    hits: list[Hit]
    all: str


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """The search; a number of identity or a phone is dropped from the address, as on the lists."""
    if search_text.holds_a_number():
        return redirect(url_for("pages.search", number=1))
    text = cleaned(search_text.searched())
    with db.read_session() as session:
        groups = _groups(session, signed_in_actor(), db.now(), text) if text else []
    return render_template(
        "account/search.html", q=text, groups=groups, number=bool(request.args.get("number")), most=_MOST
    )


def _groups(session: Session, actor: Actor, now: datetime, text: str) -> list[Group]:
    setting = county_context(session)
    reads: list[Callable[[], Group]] = [lambda: _help(actor, text)]
    if actor.role == "admin":
        reads.insert(0, lambda: _accounts(session, text))
    else:
        reads[:0] = [
            lambda: _tickets(session, actor, now, setting, text),
            lambda: _households(session, actor, text),
            lambda: _villages(session, actor, text),
        ]
    if actor.role in (*COUNTY_WIDE, "town", "bureau"):
        reads[-1:-1] = [
            lambda: _units(actor, setting, text),
            lambda: _papers(session, actor, now, setting, text),
            lambda: _duties(actor, setting, text),
        ]
    return [group for read in reads if (group := read()).hits]


def _group(title: str, hits: list[Hit], every: str = "") -> Group:
    return Group(title, hits[:_MOST], every if len(hits) > _MOST else "")


def _named(text: str, *names: str) -> bool:
    """Whether one of the names contains the text, or the first one begins with it in the first letters of its pinyin."""
    asked = text.casefold()
    letters = asked.isascii() and asked.isalpha() and any(each.startswith(asked) for each in initials(names[0]).split())
    return letters or any(asked in name.casefold() for name in names)


def _tickets(session: Session, actor: Actor, now: datetime, setting: CountyContext, text: str) -> Group:
    lines = listing.list_tickets(session, actor, now, listing.Filters(q=text), None, _MOST + 1).items
    hits = [
        Hit(
            url_for("pages.ticket", number=line.number),
            f"{line.number} {say(setting.called(line.kind))}",
            " ".join(part for part in (line.village, line.head_name, label("ticket.state", line.state)) if part),
        )
        for line in lines
    ]
    if not hits and lookup.id_of(text) is not None:
        # A whole number finds its ticket when it is over, too.
        try:
            row = lookup.find_ticket(session, actor, text)
            hits = [Hit(url_for("pages.ticket", number=row.number), f"{row.number} {say(setting.called(row.kind))}")]
        except NotFound:
            hits = []
    return _group(_("Tickets"), hits, url_for("pages.tickets", q=text))


def _households(session: Session, actor: Actor, text: str) -> Group:
    lines = household_listing.search_households(session, actor, Wanted(q=text), None, _MOST + 1).items
    hits = [
        Hit(url_for("pages.household", code=line.code), f"{line.code} {line.name or ''}".strip(), line.village)
        for line in lines
    ]
    return _group(_("Households"), hits, url_for("pages.households", q=text))


def _villages(session: Session, actor: Actor, text: str) -> Group:
    lines = [each for each in household_listing.list_villages(session, actor) if _named(text, each.name, each.code)]
    hits = [Hit(url_for("pages.households", village=line.code), line.name, line.town) for line in lines]
    return _group(_("Villages"), hits, url_for("pages.households", q=text))


def _units(actor: Actor, setting: CountyContext, text: str) -> Group:
    """Units whose time the reader may look at: of the county, or the own one."""
    hits = [
        Hit(url_for("pages.unit", code=unit.code), unit_name(unit), label("unit.type", unit.type))
        for unit in setting.living
        if (actor.role in COUNTY_WIDE or actor.is_of(unit.id)) and _named(text, unit.name, unit.name_en, unit.code)
    ]
    return _group(_("Units"), hits, url_for("pages.units"))


def _papers(session: Session, actor: Actor, now: datetime, setting: CountyContext, text: str) -> Group:
    lines = paper_views.list_papers(session, actor, now, PaperFilters(q=text), None, _MOST + 1).items
    hits = [
        Hit(
            url_for("pages.paper", number=line.paper.number),
            printed(line.paper.number),
            unit_name(setting.unit(line.paper.unit_id)),
        )
        for line in lines
    ]
    return _group(_("Papers"), hits, url_for("pages.papers", q=text))


def _duties(actor: Actor, setting: CountyContext, text: str) -> Group:
    duty_calendar.may_see(actor)
    hits = [
        Hit(url_for("pages.duties", item=duty.item or 0), say(duty.name))
        for duty in setting.scheme.duties.list
        if _named(text, duty.name.zh, duty.name.en)
    ]
    return _group(_("Duties"), hits, url_for("pages.duties"))


def _accounts(session: Session, text: str) -> Group:
    hits = [
        Hit(url_for("pages.users", q=user.name), user.display_name, f"{user.name} · {label('role', user.role)}")
        for user in session.scalars(admin.listed(text).limit(_MOST + 1))
    ]
    return _group(_("Accounts"), hits, url_for("pages.users", q=text))


def _help(actor: Actor, text: str) -> Group:
    hits = [
        Hit(url_for("pages.help_page", _anchor=task.name), str(task.title))
        for task in tasks_of(actor.role)
        if _named(text, str(task.title), *map(str, task.steps))
    ]
    return _group(_("Help"), hits, url_for("pages.help_page"))
