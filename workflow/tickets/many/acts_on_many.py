"""Acts on many tickets: one act, with one shared input, on each ticket of a list.

Every ticket goes through the desk in a transaction of its own, so a ticket that is refused, was changed meanwhile or fails
stops no other, and after a crash each is done or is not.  The outcome of each is returned by its number.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models import Evidence, Finding, Ticket
from workflow.actors import Actor
from workflow.batches import lies_elsewhere
from workflow.errors import BadInput, NotFound, Stale, WorkflowError, WrongState
from workflow.inputs import remark_of, statement_of
from workflow.tickets import desk, participation
from workflow.tickets.lookup import find_ticket

log = logging.getLogger(__name__)

#: Acts that can be done on many tickets at once, with the input that all of them share.  What is judged on the spot or
#: from a ticket's own evidence is not among them; a duty is confirmed on paper.
ACTS: Mapping[str, tuple[str, ...]] = {
    "endorse": (),
    "accept": (),
    "resume": (),
    "confirm": (),
    "handler": ("handler",),
    "comment": ("note",),
    "send_back": ("reason",),
    "extend": ("until", "reason"),
    "extend_again": ("until", "reason"),
    "suspend": ("ground", "until"),
    "cancel": ("reason",),
}
#: Tickets in one act.
MOST = 200
#: Outcomes of one ticket.  `failed`: an error of the system, which is in its log.
DONE, CHANGED, REFUSED, FAILED = "done", "changed", "refused", "failed"
_TEXTS = {"reason": statement_of, "note": remark_of}


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen ticket: its number, the version that was seen (None: any), and whether its page was opened at it."""

    number: str
    version: int | None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for one ticket; of a refusal its code with field and parameters, as a sentence needs them."""

    number: str
    result: str
    code: str = ""
    field: str | None = None
    params: Mapping[str, str | int] | None = None


#: Runs a step for the ticket of this number in a transaction of its own, at the present moment, and returns its outcome.
Transaction = Callable[[str, Callable[[Session, datetime], Outcome]], Outcome]


def act_on_many(
    transaction: Transaction, actor: Actor, action: str, choices: Sequence[Choice], given: Mapping[str, Any]
) -> list[Outcome]:
    """Do the act on each chosen ticket, in their order; returns one outcome each.

    Raises NotFound for an act that is not in ACTS, BadInput where no ticket or more than MOST are chosen, or where the
    shared input is missing: then nothing is done.  An error that `lies_elsewhere` (no database, a lost commit) is raised
    too: what was done before stays done.
    """
    check_input(action, choices, given)

    def on_one(choice: Choice) -> Outcome:
        def step(session: Session, now: datetime) -> Outcome:
            _act(session, actor, action, choice, now, given)
            return Outcome(choice.number, DONE)

        try:
            return transaction(choice.number, step)
        except Exception as error:
            if lies_elsewhere(error):
                # Sent again, the form goes on with this ticket.
                raise
            if isinstance(error, WorkflowError):
                result = CHANGED if isinstance(error, Stale) else REFUSED
                return Outcome(choice.number, result, error.code, error.field, error.params)
            log.exception("act %s on ticket %s failed", action, choice.number)
            return Outcome(choice.number, FAILED, "failed_alone")

    return [on_one(choice) for choice in choices]


def check_input(action: str, choices: Sequence[Choice], given: Mapping[str, Any]) -> None:
    """Check what all tickets share.  Raises NotFound or BadInput."""
    if action not in ACTS:
        raise NotFound("no_such_action", action=action[:40])
    if not choices:
        raise BadInput("none_chosen", "tickets")
    if len(choices) > MOST:
        raise BadInput("too_many_tickets", "tickets", most=MOST)
    for name in ACTS[action]:
        # Without a name the handler is removed.
        if name != "handler" and not given.get(name):
            raise BadInput("missing", name, action=action)
        if name in _TEXTS:
            _TEXTS[name](name, given[name])


def _act(session: Session, actor: Actor, action: str, choice: Choice, now: datetime, given: Mapping[str, Any]) -> None:
    row = find_ticket(session, actor, choice.number)
    if action == "comment":
        participation.comment(session, actor, row, given["note"], now)
        return
    if action == "handler":
        participation.name_handler(session, actor, row, given.get("handler") or None, now)
        return
    if action == "endorse" and not choice.opened and not session.scalar(select(has_proof()).where(Ticket.id == row.id)):
        raise WrongState("open_it_first")
    shared = {name: given[name] for name in ACTS[action]}
    desk.perform(session, actor, row.id, action, now, version=choice.version, **shared)


def has_proof() -> Any:
    """The condition that a `Ticket` row has evidence, or that the checkup that filed it has photos: what a town looks at
    before it endorses."""
    on_it = exists().where(Evidence.ticket_id == Ticket.id)
    at_checkup = exists().where(Finding.id == Ticket.finding_id, Evidence.checkup_id == Finding.checkup_id)
    return or_(on_it, at_checkup)
