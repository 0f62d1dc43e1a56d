"""Inbox lines: what a message says, and the messages about one ticket together under its household."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import Event, Message, Ticket
from web.auth import signed_in_user
from web.words.dates import day, month_name, shortly
from web.words.duties import period_name
from web.words.events import event_name
from web.words.labels import label
from web.words.language import say
from web.words.system import unit_name
from web.words.tickets import instead_of
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.tickets.saved import saved_views
from workflow.tickets.views import listing


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One message: what happened, to what, the number or role with the time, and where it leads.

    `whole`: the whole line is the link; otherwise only the last of `details` is, where there is an address.
    """

    id: int
    unread: bool
    title: str
    details: tuple[str, ...]
    notes: tuple[str, ...]
    address: str | None
    whole: bool = True


@dataclass(slots=True)
class InboxGroup:
    """The messages about one ticket, the latest first, under its kind, household and place; or one message about something
    else, which has neither.
    """

    lines: list[InboxLine]
    subject: str = ""
    number: str = ""
    place: str = ""
    #: The head of the household, masked as for the reader; empty where the reader sees no present state of the ticket.
    head_name: str = ""
    address: str | None = None

    @property
    def unread(self) -> bool:
        """Whether one of the messages is unread."""
        return any(line.unread for line in self.lines)


def inbox_groups(
    session: Session, actor: Actor, rows: Sequence[Any], setting: CountyContext, now: datetime
) -> list[InboxGroup]:
    """Rows of `notifications.inbox.messages` as groups, in the order of each group's latest message."""
    ids = {row[2].id for row in rows if row[2] is not None}
    heads = {line.id: line.head_name for line in listing.lines(session, actor, now, Ticket.id.in_(ids))} if ids else {}
    entered = [row[1].subject_id for row in rows if row[1].action == "view_entered"]
    views = saved_views.names_of(session, actor, entered) if entered else {}
    groups: list[InboxGroup] = []
    of_ticket: dict[int, InboxGroup] = {}
    for row in rows:
        line, ticket = inbox_line(row, setting, now), row[2]
        if ticket is None and row[1].action == "view_entered":
            groups.append(InboxGroup([_of_view(line, row, views)]))
        elif ticket is None:
            groups.append(InboxGroup([line]))
        elif ticket.id in of_ticket:
            of_ticket[ticket.id].lines.append(line)
        else:
            place = unit_name(setting.unit(ticket.town_id)) + (row[3] or "") if ticket.town_id else ""
            group = InboxGroup(
                [line],
                subject=say(setting.called(ticket.kind)),
                number=ticket.number,
                place=place,
                head_name=heads.get(ticket.id) or "",
                address=line.address,
            )
            of_ticket[ticket.id] = group
            groups.append(group)
    return groups


def inbox_line(row: Any, setting: CountyContext, now: datetime) -> InboxLine:
    """The line of a message, from a row of `notifications.inbox.messages`."""
    message, event, ticket, _village = row
    at = shortly(message.created_at, now)
    stands_in = message.params.get("instead_of")
    notes = (at, instead_of(stands_in)) if stands_in else (at,)
    if ticket is not None:
        return _of_ticket(message, event, ticket, setting, notes)
    title, unread = event_name(event, setting), message.read_at is None
    params = message.params
    if event.subject_type == "case":
        case = _("Accountability case %(n)s", n=event.subject_id)
        to = f" → {label('case.state', event.to_state)}" if event.to_state != event.from_state else ""
        return InboxLine(message.id, unread, title + to, (case,), notes, url_for("pages.case", case=event.subject_id))
    if event.subject_type == "ranking":
        edition = f" · {_('edition %(n)s', n=params['edition'])}" if params["edition"] > 1 else ""
        on = day(params["on"]) + edition
        return InboxLine(message.id, unread, title, (on,), notes, url_for("pages.one_ranking", on=params["on"]))
    words, address = _of_county(event, params)
    return InboxLine(message.id, unread, title, (words,), (label("role", event.actor_role), at), address, whole=False)


def _of_ticket(
    message: Message, event: Event, ticket: Ticket, setting: CountyContext, notes: tuple[str, ...]
) -> InboxLine:
    moved = bool(event.to_state) and event.to_state != event.from_state
    to = f" → {label('ticket.state', event.to_state)}" if moved else ""
    address = url_for("pages.ticket", number=ticket.number)
    return InboxLine(message.id, message.read_at is None, event_name(event, setting) + to, (), notes, address)


def _of_view(line: InboxLine, row: Any, views: Mapping[int, str]) -> InboxLine:
    """The line of what entered a view; one that the reader no longer reads has neither name nor address."""
    view = row[1].subject_id
    details = (views.get(view, ""), _("New tickets: %(n)s", n=row[0].params["count"]))
    address = url_for("pages.view", number=view) if view in views else None
    return replace(line, details=tuple(filter(None, details)), notes=line.notes[-1:], address=address)


def _of_county(event: Event, params: dict[str, Any]) -> tuple[str, str | None]:
    """The subject of an event of the whole county in words, and its page where it has one."""
    if event.action == "calendar":
        return _("Deadlines that changed: %(n)s", n=params["moved"]), url_for("pages.calendar")
    if event.action == "draw":
        return month_name(params["month"]), url_for("pages.spot_checks")
    if event.action == "draw_households":
        return period_name(params["period"]), url_for("pages.random_checks")
    if event.action == "family":
        what = f"{params['code']} {label('life.past', params['kind_of_change'])}"
        return what, url_for("pages.family", code=params["code"])
    if event.subject_type == "household" and params.get("check"):
        return _("Open the check"), url_for("pages.random_check", number=params["check"])
    if event.subject_type == "authorisation":
        return label("authority", event.given["kind"]), url_for("pages.authorisations")
    if event.action == "took_over":
        return str(params["account"]), url_for("pages.taken_over")
    if event.action == "head_sent":
        return f"{_('block %(number)s', number=params['block'])} {params['hash']}", url_for("pages.blocks")
    if event.action == "ask_erasure":
        return str(params["code"]), url_for("pages.personal_data", code=params["code"])
    if event.action in ("remind_figures", "remind_reports"):
        to = "rankings" if event.action == "remind_figures" else "one_ranking"
        on = {"on": params["on"]} if to == "one_ranking" else {}
        return day(params["on"]), url_for(f"pages.{to}", **on, _anchor="reports" if on else None)
    if event.action == "papers_waiting":
        return _("%(n)s papers", n=params["count"]), url_for("pages.board", _anchor="waiting")
    if event.action in ("verified", "verification_failed"):
        found = (
            _("%(n)s findings", n=params["count"]) if event.action == "verified" else _("Look at the log of the worker")
        )
        # The runs are the inspectorate's to read.
        return found, url_for("pages.verification") if signed_in_user().role == "inspectorate" else None
    if event.action == "migration":
        return _("Deadlines that changed: %(n)s", n=params["moved"]), None
    if event.subject_type == "scheme":
        return f"{params['code']} · {_('from %(day)s on', day=day(params['from']))}", None
    return str(params.get("account", "")), None
