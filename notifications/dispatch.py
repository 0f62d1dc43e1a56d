"""Dispatch: turns each event of the outbox into its messages exactly once.

An outbox row is claimed, its messages are written (UNIQUE event, recipient, channel) and the row is deleted in one
transaction, so a crash leaves either the row or the messages.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Delivery, Event, Household, Message, Outbox, Post, User, row_changes
from models.failures import trouble
from models.post import held_at
from notifications import case_people, checking_people, delivery_planning, ranking_people, unheard
from notifications.county_clock import scheme_of
from notifications.event_context import EventContext, event_context_of, exists, people_of
from notifications.failed_deliveries import STILL_TRIED
from notifications.rules import BY_LADDER, LAST_RESORT, OF_RECORDED, RULES, roles_of, upward

BATCH = 200
log = logging.getLogger("xiaohao.notifications")


def dispatch(session: Session, now: datetime, batch: int = BATCH, failed: set[int] | None = None) -> int:
    """Turn up to `batch` events of the outbox into inbox messages; returns how many events were taken.

    A failing event stops no other: it stays in the outbox, where `/healthz` counts it, and its id is added to `failed`;
    ids already in `failed` are not tried again.  After `MOST_TRIES` runs it is set aside (`failed_deliveries`).
    """
    failed = set() if failed is None else failed
    waiting = select(Outbox.event_id).where(STILL_TRIED)
    if failed:
        waiting = waiting.where(Outbox.event_id.not_in(failed))
    taken = session.scalars(waiting.order_by(Outbox.event_id).limit(batch).with_for_update(skip_locked=True)).all()
    if not taken:
        return 0
    try:
        with session.begin_nested():
            _tell_all(session, taken, now)
    except Exception as error:
        if _of_database(error):
            # The caller repeats the whole transaction.
            raise
        for event_id in taken:
            try:
                with session.begin_nested():
                    _tell_all(session, [event_id], now)
            except Exception as error:
                if _of_database(error):
                    raise
                log.exception("event %s cannot be told", event_id)
                failed.add(event_id)
                tried = update(Outbox).where(Outbox.event_id == event_id)
                session.execute(tried.values(tries=func.coalesce(Outbox.tries, 0) + 1))
    unheard.report(session)
    return len(taken)


def _of_database(error: Exception) -> bool:
    """Whether an error is the database's, such as a lock: then no event has failed."""
    return isinstance(error, DBAPIError) and trouble(error) is not None


def _tell_all(session: Session, events: Sequence[int], now: datetime) -> None:
    """Write the messages of these events and delete them from the outbox."""
    rows: list[dict[str, Any]] = []
    announcements: list[delivery_planning.Announcement] = []
    session.info.pop("people", None)
    undispatched = session.scalars(select(Event).where(Event.id.in_(events)).order_by(Event.id)).all()
    # Kept, so that each ticket, village and unit of the batch is read once.
    kept = delivery_planning.read_ahead(session, undispatched)
    for event in undispatched:
        kind, params = _message(session, event)
        recipients = _recipients(session, event)
        announcements.append(delivery_planning.Announcement(event, kind, params, recipients))
        for recipient, instead_of in sorted(recipients.items()):
            rows.append(
                {
                    "event_id": event.id,
                    "recipient_id": recipient,
                    "channel": "inbox",
                    "kind": kind,
                    "params": {**params, "instead_of": instead_of} if instead_of else params,
                    "created_at": now,
                    "status": "sent",
                }
            )
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    if rows:
        session.execute(dialect.insert(Message).on_conflict_do_nothing(), rows)
    if leaving := [plan.row(now) for plan in delivery_planning.plan(session, announcements, now) if plan.leaves]:
        session.execute(dialect.insert(Delivery).on_conflict_do_nothing(), leaving)
    row_changes.note_where(session, "message", Message.event_id.in_(events))
    if leaving:
        row_changes.note_where(session, "delivery", Delivery.event_id.in_(events))
    row_changes.happened(session, now)
    session.execute(delete(Outbox).where(Outbox.event_id.in_(events)))
    del kept


#: Runs of `verify` in the background that found something, or could not be made.
OF_VERIFICATION = ("verified", "verification_failed")


def _message(session: Session, event: Event) -> tuple[str, dict[str, Any]]:
    if event.action == BY_LADDER:
        return BY_LADDER, {"rung": event.given["rung"], "stage": event.given["stage"], "status": event.given["status"]}
    if event.action in ("calendar", "migration"):
        return event.action, {"moved": event.effect["moved"]}
    if event.subject_type in ("reform", "planned_reform"):
        return event.action, {"document": event.given["document"]}
    if event.action == "draw":
        return event.action, {"month": event.given["month"]}
    if event.action == "view_entered":
        return event.action, {"view": event.subject_id, "count": event.given["count"]}
    if event.subject_type == "bulk_list":
        return event.action, {"lines": event.given["lines"]}
    if event.action == "draw_households":
        return event.action, {"period": event.given["period"]}
    if event.action == "family":
        code = session.get_one(Household, event.subject_id).code
        return event.action, {"code": code, "kind_of_change": event.given["kind"]}
    if event.subject_type == "household":
        return event.action, {"check": event.given.get("check")}
    if event.action == "ask_erasure":
        return event.action, {"code": event.given["code"]}
    if event.action == "head_sent":
        return event.action, {"block": event.given["block"], "hash": event.effect["hash"]}
    if event.action in OF_VERIFICATION:
        return event.action, {"count": event.given.get("findings", 0)}
    if event.action == "papers_waiting":
        return event.action, {"count": event.given["waiting"]}
    if event.action in ranking_people.REMINDERS:
        return event.action, {"on": event.given["on"]}
    if event.subject_type == "ranking":
        return event.action, {"on": event.given["on"], "edition": event.given["edition"]}
    if event.subject_type == "scheme":
        return event.action, {"code": event.given["code"], "from": event.given.get("from")}
    if event.subject_type == "post":
        return event.action, {"account": session.get_one(User, event.given["user"]).display_name}
    if event.action == "took_over":
        return event.action, {"account": session.get_one(User, event.given["from"]).display_name}
    if event.subject_type == "user":
        return event.action, {"account": session.get_one(User, event.subject_id).display_name}
    return event.action, {"to": event.to_state}


def _recipients(session: Session, event: Event) -> dict[int, str]:
    """The recipients of an event, never its own actor, each with the role they substitute ("": their own).

    An empty role climbs to the next one up, to the last resort.  A role of a unit the ticket does not have (the
    responsible unit before dispatch) is skipped, unless there would be no recipient at all.
    """
    if event.subject_type == "user":
        return _of_an_account(session, event, event.subject_id)
    if event.subject_type in ("authorisation", "post"):
        return _of_an_account(session, event, event.given["user"])
    if RULES.get(event.action) == ("on_duty",):
        return _on_duty(session, event)
    if event.action == "view_entered":
        return dict.fromkeys(session.scalars(select(User.id).where(User.id == event.given["user"], User.active)), "")
    if event.action in checking_people.GIVING:
        return checking_people.lookers(session, event)
    if event.action in checking_people.OF_LISTS:
        return checking_people.of_list(session, event)
    if event.subject_type == "household" and RULES.get(event.action):
        return checking_people.about_household(session, event)
    if event.action == "papers_waiting":
        # The seats that have papers to decide.
        return _everybody(session, [role for role in RULES[event.action] if event.given[role]])
    if event.action in ("head_sent", "ask_erasure", *OF_VERIFICATION):
        return _everybody(session, RULES[event.action], event.actor_id)
    if event.subject_type == "case":
        return case_people.people(session, event)
    if event.subject_type == "ranking" or event.action in ranking_people.REMINDERS:
        return ranking_people.people(session, event)
    if event.subject_type != "ticket":
        return {}
    context = event_context_of(session, event)
    roles: Iterable[str] = roles_of(event.action, event.from_state or context.state)
    if event.action == BY_LADDER:
        rung = scheme_of(session, context.ticket.scheme_version_id).ladder.rungs[event.given["rung"] - 1]
        roles = rung.tells or ("holder_duty",)
        if context.holder_type == "office":
            # A unit does not oversee its own lateness: the leading group is notified of the office's, at every rung.
            roles = (*roles, "leaders")
        if event.given["status"] == "recorded":
            roles = OF_RECORDED
    recipients: dict[int, str] = {}
    for role in roles:
        if exists(context, role):
            _notify_person(session, context, role, upward(role), recipients)
    if roles and not recipients:
        _notify_person(session, context, next(iter(roles)), LAST_RESORT, recipients)
    if roles and not recipients:
        unheard.note(session, event)
    recipients.pop(event.actor_id or 0, None)
    return recipients


def _on_duty(session: Session, event: Event) -> dict[int, str]:
    """The recipients of moved deadlines, once for all of them: every unit's duty officer, or its people."""
    on_duty = session.execute(
        select(User.id, User.unit_id)
        .join(Post, Post.user_id == User.id)
        .where(User.active, Post.kind == "duty", held_at(event.at))
    ).all()
    covered = {unit for _, unit in on_duty}
    people = session.execute(
        select(User.id, User.unit_id).where(
            User.active,
            User.unit_id.is_not(None),
            User.role.not_in(("village", "admin")),
        )
    )
    recipients = {person: "" for person, _ in on_duty}
    recipients |= {person: "holder_duty" for person, unit in people if unit not in covered}
    recipients.pop(event.actor_id or 0, None)
    return recipients


def _everybody(session: Session, roles: Iterable[str], but: int | None = None) -> dict[int, str]:
    """Everybody of these roles `but` one; an empty role climbs."""
    recipients: dict[int, str] = {}
    for role in roles:
        for step in upward(role):
            people = session.scalars(select(User.id).where(User.active, User.role == step)).all()
            for person in people:
                recipients[person] = "" if step == role else recipients.get(person, role)
            if people:
                break
    recipients.pop(but or 0, None)
    return recipients


def _of_an_account(session: Session, event: Event, account: int | None) -> dict[int, str]:
    """The recipients of a change to an account of weight, or of an authorisation: the inspectorate, and whom it
    concerns."""
    recipients: dict[int, str] = {}
    for role in RULES[event.action]:
        for step in upward(role):
            mine = User.id == account if step == "account" else User.role == step
            people = session.scalars(select(User.id).where(User.active, mine)).all()
            for person in people:
                recipients[person] = "" if step == role else recipients.get(person, role)
            if people or role == "account":
                # A closed account cannot be notified.
                break
    recipients.pop(event.actor_id or 0, None)
    return recipients


def _notify_person(
    session: Session, context: EventContext, meant: str, way: Iterable[str], recipients: dict[int, str]
) -> None:
    """Add the first people found; a recipient in an own role is not added as a substitute."""
    for role in way:
        people = people_of(session, context, role)
        for person in people:
            if role == meant:
                recipients[person] = ""
            else:
                recipients.setdefault(person, meant)
        if people:
            return


def composed(session: Session, event: Event) -> tuple[str, dict[str, Any]]:
    """The message of an event: its kind, and the codes and figures of its sentence."""
    return _message(session, event)


def recipients_of(session: Session, event: Event) -> dict[int, str]:
    """The recipients of an event with the role they substitute, for the preview."""
    return _recipients(session, event)
