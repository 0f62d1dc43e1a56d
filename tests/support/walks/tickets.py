"""Walk acts on tickets: every action of the lifecycle, by whoever may do it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from models import Ticket, Unit
from tests.support.calendars import worked_day
from tests.support.texts import SENTENCE
from tests.support.walks.walk import Nothing, Walk
from workflow.errors import WorkflowError
from workflow.tickets import attachments, desk, filing
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.consequences.candidate_verdicts import people_of
from workflow.tickets.filing import Deficiency

Item = TypeVar("Item")
#: Every action that a person does.
PERSONS_ACTIONS = tuple(name for name, action in ACTIONS.items() if not action.by_system)
#: Possible in most states, and done only where it is meant: otherwise no ticket would go far.
_ANYWHERE = ("cancel", "withdraw", "refuse", "reassign")
_POSSIBLE = {(source, name) for name, action in ACTIONS.items() for move in action.moves for source in move.sources}


def files(walk: Walk, at: int, kind: str, who: int) -> None:
    """Somebody of the household's village or town, or of the office, files a deficiency of a household."""
    home = walk.home(at)
    if home is None:
        raise Nothing
    given = Deficiency(household=home.code, kind=kind, cause="dry" if kind == "water" else None)
    for person in _turned(walk.actors(), who):
        try:
            with walk.county.write() as session:
                filing.file_ticket(session, person, walk.now, given)
        except WorkflowError:
            continue
        return
    raise Nothing


def moves_on(walk: Walk, at: int, first: str) -> str:
    """A ticket takes the first action, from one on, that somebody may do in its state; returns which."""
    over = Ticket.ended_at.is_not(None) if first == "reopen" else Ticket.ended_at.is_(None)
    with walk.county.read() as session:
        rows = session.scalars(select(Ticket).where(over).order_by(Ticket.id)).all()
    if rows:
        row = rows[at % len(rows)]
        others = [each for each in _turned(PERSONS_ACTIONS, PERSONS_ACTIONS.index(first)) if each not in _ANYWHERE]
        for action in (first, *others):
            if (row.state, action) in _POSSIBLE and _done(walk, row.id, action, at):
                return action
    raise Nothing


def judged(walk: Walk, at: int, verdict: str) -> None:
    """A family that was reported is seen by the town, and registered or refused."""
    with walk.county.read() as session:
        open_ = select(Ticket.id).where(Ticket.candidate_id.is_not(None), Ticket.ended_at.is_(None))
        ids = session.scalars(open_.order_by(Ticket.id)).all()
    if not ids:
        raise Nothing
    number = ids[at % len(ids)]
    for action in ("endorse", "accept", "resolve"):
        _done(walk, number, action, at)
    if not _done(walk, number, verdict, at):
        raise Nothing


def _done(walk: Walk, number: int, action: str, at: int) -> bool:
    people = walk.actors()
    with walk.county.read() as session:
        row = session.get_one(Ticket, number)
        family = [each.name for each in people_of(session, row.candidate_id)] if row.candidate_id else []
    for person in _turned(people, at):
        try:
            with walk.county.write() as session:
                given = _given(walk, action, at)
                if "evidence" in ACTIONS[action].needs:
                    proof = attachments.add(
                        session,
                        person,
                        number,
                        walk.now,
                        filename="photo.jpg",
                        sha256=f"{walk.next_number():064x}",
                        size=5,
                        media_type="image/jpeg",
                    )
                    given["evidence"] = [proof.id]
                desk.perform(session, person, number, action, walk.now, **given)
        except WorkflowError:
            continue
        if action == "register":
            walk.everybody |= set(family)
        return True
    return False


def _given(walk: Walk, action: str, at: int) -> dict[str, Any]:
    """The input that the action needs."""
    ahead = worked_day(walk.county, walk.now + timedelta(days=5 + at))
    known: dict[str, Any] = {
        "reason": SENTENCE,
        "cited_duty": "三定方案",
        "until": ahead,
        "visited_on": walk.now.date().isoformat(),
        "code": f"K{walk.next_number()}",
        "ground": {"suspend": "flood", "refuse": "not_eligible"}.get(action, "not_ours"),
        "kind": ("water", "power")[at % 2],
    }
    if "unit" in ACTIONS[action].needs:
        known["unit"] = _unit(walk, at)
    given = {name: known[name] for name in ACTIONS[action].needs if name in known}
    return (
        given
        | ({"note": SENTENCE} if action == "resolve" else {})
        | ({"cause": "dry"} if action == "reclassify" else {})
    )


def _unit(walk: Walk, at: int) -> str:
    with walk.county.read() as session:
        living = select(Unit.code).where(Unit.ended_on.is_(None), Unit.type.in_(("town", "bureau")))
        codes = session.scalars(living.order_by(Unit.id)).all()
    return codes[at % len(codes)]


def _turned(items: Sequence[Item], first: int) -> Sequence[Item]:
    """The items from one on, and then those before it."""
    return (*items[first % len(items) :], *items[: first % len(items)])
