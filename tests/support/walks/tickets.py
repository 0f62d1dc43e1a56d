"""Walk acts on tickets: every action of the lifecycle, by whoever may do it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import Ticket, Unit
from tests.support.texts import SENTENCE
from tests.support.walks.walk import Nothing, Walk
from workflow.errors import WorkflowError
from workflow.tickets import attachments, desk
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.consequences.candidate_verdicts import people_of

#: Every action that a person does.
PERSONS_ACTIONS = tuple(name for name, action in ACTIONS.items() if not action.by_system)
_ON_CLOSED = ("reopen",)


def files(walk: Walk, at: int, kind: str, who: int) -> None:
    """A village reports a deficiency, or a town or the office files it."""
    home = walk.home(at)
    if home is None:
        raise Nothing
    walk.county.file(walk.recorder(who), home.code, kind, walk.now)


def moves_on(walk: Walk, at: int, action: str) -> None:
    """A ticket takes an action, by the first person who may."""
    over = Ticket.ended_at.is_not(None) if action in _ON_CLOSED else Ticket.ended_at.is_(None)
    with walk.county.read() as session:
        ids = session.scalars(select(Ticket.id).where(over).order_by(Ticket.id)).all()
    if not ids or not _done(walk, ids[at % len(ids)], action, at):
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
    for person in (*people[at % len(people) :], *people[: at % len(people)]):
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
    ahead = (walk.now + timedelta(days=5 + at)).date().isoformat()
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
