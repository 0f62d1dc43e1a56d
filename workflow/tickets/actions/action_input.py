"""Action input: checks the input of an action against the table and parses each field into its type.

Every refusal is a BadInput that names the field; nothing is guessed and no unknown field is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Custody, Evidence, Ticket, User
from workflow.actors import Actor
from workflow.county.context import Setting
from workflow.errors import BadInput
from workflow.inputs import day_of, text_of, whole
from workflow.policy.worktime import local_date
from workflow.state_table import Action
from workflow.tickets.actions import duty_forms, duty_progress
from workflow.tickets.actions.lifecycle import OF_DUTIES

_TEXTS = ("note", "reason", "cited_duty", "description", "missing")


@dataclass(slots=True)
class Given:
    """The checked input: `codes` go into the hashed event, `words` beside it."""

    codes: dict[str, Any] = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.words.get(name, ""))


def check(
    session: Session,
    setting: Setting,
    actor: Actor,
    ticket: Ticket,
    action: Action,
    now: datetime,
    raw: Mapping[str, Any],
) -> Given:
    """Check and parse the input of `action`.  Raises BadInput naming the first field at fault."""
    given = Given()
    needs = set(action.needs)
    if ticket.type == "duty" and action.name == "confirm":
        # A duty is confirmed on paper, without a visit.
        needs -= {"visited_on", "evidence"}
    offered = {name: value for name, value in raw.items() if value is not None and value != "" and value != []}
    for name in offered:
        asked = name in action.needs or name in action.optional
        if not asked or (name in OF_DUTIES and ticket.type != "duty"):
            raise BadInput("unknown_field", name, action=action.name)
    for name in (*action.needs, *action.optional):
        if name == "form":
            continue
        if name not in offered:
            if name in needs:
                raise BadInput("missing", name, action=action.name)
            continue
        _one(session, setting, actor, ticket, action.name, now, name, offered[name], given)
    if ticket.type == "duty" and action.name == "resolve":
        _report(session, setting, ticket, raw.get("form"), now, given)
    return given


def _report(session: Session, setting: Setting, ticket: Ticket, form: Any, now: datetime, given: Given) -> None:
    """Check that a duty's form is complete and its target reached, or the shortfall explained."""
    duty = setting.scheme.duty(ticket.kind)
    filled = duty_forms.checked(session, setting, ticket, duty.fields, form, "form", local_date(now))
    if filled:
        given.words["form"] = filled
    counted = duty_progress.counted(session, setting, ticket)
    if counted is None:
        return
    given.codes |= {"done": counted.done, "target": counted.target}
    if counted.missing and not given.words.get("missing"):
        raise BadInput("target_not_reached", "missing", done=counted.done, target=counted.target or 0)


def _one(
    session: Session,
    setting: Setting,
    actor: Actor,
    ticket: Ticket,
    action: str,
    now: datetime,
    name: str,
    value: Any,
    given: Given,
) -> None:
    if name in _TEXTS:
        given.words[name] = text_of(name, value)
    elif name == "ground":
        _ground(setting, ticket, text_of(name, value), given)
    elif name in ("until", "visited_on"):
        given.dates[name] = day_of(name, value)
        given.codes[name] = given.dates[name].isoformat()
        if name == "until":
            bounded(setting, ticket, action, given.dates[name], now)
        else:
            _visited(ticket, given.dates[name], now)
    elif name == "evidence":
        given.evidence = named_evidence(session, actor, ticket, value)
        _fresh(session, ticket, given.evidence)
        given.codes["evidence"] = [{"id": row.id, "sha256": row.sha256} for row in given.evidence]
    elif name == "false_closing":
        if not isinstance(value, bool):
            raise BadInput("not_yes_or_no", name)
        given.codes[name] = value
    else:
        given.codes[name] = text_of(name, value)


def _ground(setting: Setting, ticket: Ticket, text: str, given: Given) -> None:
    """A ground of the scheme by its code or name; any other is kept as the caller's text."""
    scheme = setting.scheme
    known = (*scheme.decline.grounds, *scheme.suspension.grounds)
    for ground in known:
        if text in (ground.code, ground.name.zh, ground.name.en):
            given.codes["ground"] = ground.code
            return
    given.codes["ground"] = "other"
    given.words["ground"] = text


def _visited(ticket: Ticket, day: date, now: datetime) -> None:
    if day > local_date(now):
        raise BadInput("date_in_future", "visited_on")
    # A visit before the resolution proves nothing.
    if ticket.resolved_at is not None and day < local_date(ticket.resolved_at):
        raise BadInput("visit_before_resolved", "visited_on", day=local_date(ticket.resolved_at).isoformat())


def bounded(setting: Setting, ticket: Ticket, action: str, day: date, now: datetime) -> None:
    """Check that a suspension or an extension may last until that day.  Raises BadInput.

    A suspension is measured from now.  An extension is measured from the deadline, whenever it is granted: it ends
    after that deadline, and not after a hard stop still ahead.
    """
    clock, scheme = setting.clock, setting.scheme
    if clock.closing(day) <= now:
        raise BadInput("date_not_in_future", "until")
    if action == "suspend":
        if day > local_date(clock.due(now, scheme.suspension.max_days)):
            raise BadInput("suspension_too_long", "until", days=scheme.suspension.max_days)
        return
    assert ticket.due_at is not None
    if clock.closing(day) <= ticket.due_at:
        raise BadInput("extension_not_later", "until", day=local_date(ticket.due_at).isoformat())
    if day > local_date(clock.due(ticket.due_at, scheme.asking.extension_days)):
        raise BadInput("extension_too_long", "until", days=scheme.asking.extension_days)
    stop = ticket.hard_stop
    if stop is not None and day > stop and clock.closing(stop) > now:
        raise BadInput("extension_past_stop", "until", day=stop.isoformat())


def named_evidence(session: Session, actor: Actor, ticket: Ticket, value: Any) -> list[Evidence]:
    """The evidence of the ticket with these ids, uploaded by the actor's own unit.  Raises BadInput."""
    if not isinstance(value, list | tuple):
        raise BadInput("not_a_list", "evidence")
    ids = []
    for entry in value:
        number = whole(str(entry)) if isinstance(entry, str | int) and not isinstance(entry, bool) else None
        if number is None:
            raise BadInput("evidence_unknown", "evidence", id=str(entry)[:40])
        ids.append(number)
    query = (
        select(Evidence, User.role)
        .join(User, User.id == Evidence.uploaded_by_id)
        .where(Evidence.id.in_(ids), Evidence.ticket_id == ticket.id)
    )
    rows = {row.id: (row, role) for row, role in session.execute(query)}
    for number in ids:
        if number not in rows:
            raise BadInput("evidence_unknown", "evidence", id=number)
        row, role = rows[number]
        # A village belongs to its town's unit, but its photo is not the town's own visit.
        if row.unit_id != actor.unit_id or role != actor.role:
            raise BadInput("evidence_of_another_unit", "evidence", id=number)
    return [rows[number][0] for number in dict.fromkeys(ids)]


def _fresh(session: Session, ticket: Ticket, rows: list[Evidence]) -> None:
    """Check that at least one piece is new: for a resolution newer than the last rejection (or false closing), for a
    confirmation newer than the resolution.  An old photo proves nothing twice.
    """
    since = ticket.resolved_at
    if since is None:
        since = session.scalar(
            select(func.max(Custody.ended_at)).where(Custody.ticket_id == ticket.id, Custody.stage == "confirm")
        )
    if since is not None and all(row.uploaded_at < since for row in rows):
        raise BadInput("evidence_not_new", "evidence")
