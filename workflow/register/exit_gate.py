"""Exit gate (退出审核): lets a household leave the register only when every have is met.

Passing creates a dossier of the evidence, hashed into the household's history.  The gate locks the household, its
village and its tickets while it reads, so that no filing or reopening can happen unseen.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ExitDossier, Household, Ticket, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput, ExitRefused, NotAllowed, WrongState
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.policy.worktime import local_date
from workflow.register import failed_checks, household_status
from workflow.register.access import Located, find_household, refuse_erased
from workflow.register.failed_checks import FailedCheck
from workflow.register.haves import NEVER, HaveState, of_household
from workflow.register.income import Judgement, judge_household
from workflow.register.lives.people_changes import PeopleChanges, people_changes
from workflow.register.observation import Observed, observe
from workflow.tickets import desk

#: Status → the statuses it may be changed to by hand, with a reason; only the gate leads out of the register.
CHANGES = {
    "new": ("in", "pre_exit", "cleared"),
    "in": ("new", "pre_exit", "cleared"),
    "pre_exit": ("in", "cleared"),
    "exited": ("in", "cleared"),
    "cleared": ("new", "in"),
    # Whoever lives there again begins in it: that takes it back.
    "ended": (),
    "undone": (),
    # Its people are in another household, from which they can split again.
    "merged": (),
}
ON_REGISTER = ("new", "in", "pre_exit")


@dataclass(frozen=True, slots=True)
class Item:
    """One have at the gate; `missing` is empty when it is met, else the reason: never_checked, unmet, open_ticket,
    too_old, people_changed (other people live there since), place_changed (it has moved since)."""

    state: HaveState
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """The examination of a household; `oldest` is the first day from which evidence counts.

    `observation`: whether everything has been met long enough, where the scheme asks; `kept`: the scheme keeps
    households with this labour force on the register; `failed`: the random check that shuts the gate.
    """

    items: tuple[Item, ...]
    income: Judgement | None
    oldest: date
    observed: Observed | None = None
    kept: bool = False
    failed: FailedCheck | None = None

    @property
    def passed(self) -> bool:
        """Whether nothing is missing; an income that cannot be computed is missing."""
        whole = bool(self.items) and not any(item.missing for item in self.items)
        long_enough = self.observed is None or self.observed.long_enough
        return whole and self.income_holds and long_enough and not self.kept and self.failed is None

    @property
    def income_holds(self) -> bool:
        return self.income is None or self.income.result == "met"


def examine(session: Session, setting: CountyContext, household: Household, now: datetime) -> Examination:
    """The examination of the household now; nothing is locked or changed."""
    oldest = local_date(now) - timedelta(days=setting.scheme.exit.evidence_days)
    states = of_household(session, setting, household.id)
    changes, rule = people_changes(session, household.id), setting.scheme.exit.income
    items = tuple(
        Item(state, _missing(state, oldest, changes, rule is not None and state.have.code == rule.have))
        for state in states
    )
    return Examination(
        items,
        judge_household(session, setting, household, local_date(now)),
        oldest,
        observe(session, setting, household, now),
        household.labour in setting.scheme.exit.kept,
        failed_checks.shuts(session, household.id),
    )


def _missing(state: HaveState, oldest: date, changes: PeopleChanges, income: bool) -> str:
    if state.open:
        return "open_ticket"
    if state.result == NEVER or state.seen_on is None:
        return "never_checked"
    if state.have.of_people and changes.after(state.seen_on, state.result, income=income):
        return "people_changed"
    if not state.have.of_people and changes.elsewhere(state.seen_on):
        return "place_changed"
    if state.result == "unmet":
        return "unmet"
    return "too_old" if state.seen_on < oldest else ""


def exit_household(session: Session, actor: Actor, now: datetime, code: str) -> ExitDossier:
    """Let the household leave the register, on the evidence of the day (in 2018: notice items 1 and 17).

    The town for its own, and the office.  Raises NotFound, NotAllowed, WrongState for one that is not on the register,
    or ExitRefused with the examination.
    """
    located = _held_still(session, actor, code)
    household = located.household
    if household.status not in ON_REGISTER:
        raise WrongState("not_on_register", "household", code=household.code)
    seen = examine(session, located.setting, household, now)
    if not seen.passed:
        raise ExitRefused(seen, code=household.code)
    content = dossier_of(located, seen, now)
    dossier = ExitDossier(
        household_id=household.id,
        passed_at=now,
        passed_by_id=actor.account_id,
        unit_id=actor.own_unit_id,
        content=content,
        hash=dossier_hash(content),
    )
    session.add(dossier)
    session.flush()
    chain = event_log.of(session, household, actor, now)
    given = {"dossier": dossier.id, "hash": dossier.hash}
    household_status.set_status(chain, household, "exited", action="exit", given=given)
    return dossier


def _held_still(session: Session, actor: Actor, code: str) -> Located:
    located = find_household(session, actor, code, lock=True)
    if actor.role not in ("town", "office"):
        raise NotAllowed("status_not_yours")
    # Filing for the household waits for its row's lock, for its village the village's, reopening the ticket's.
    session.execute(select(Village.id).where(Village.id == located.village.id).with_for_update(read=True))
    session.execute(
        select(Ticket.id).where(Ticket.household_id == located.household.id).order_by(Ticket.id).with_for_update()
    )
    return located


def dossier_of(located: Located, seen: Examination, now: datetime) -> dict[str, Any]:
    """The content of a dossier: each have with its evidence, and the income rule's figures; no personal data."""
    income = seen.income
    # Without an observation rule the key is omitted, so that older dossiers keep their form.
    observed = {"observed_since": seen.observed.since.isoformat()} if seen.observed and seen.observed.since else {}
    return observed | {
        "household": located.household.code,
        "village": located.village.code,
        "passed_at": event_log.stamp(now),
        "scheme_version": located.setting.scheme_version_id,
        "oldest": seen.oldest.isoformat(),
        "haves": [
            {
                "have": item.state.have.code,
                "result": item.state.result,
                "seen_on": item.state.seen_on.isoformat() if item.state.seen_on else None,
                "source": item.state.source,
                "ref": item.state.ref,
            }
            for item in seen.items
        ],
        "income": {
            "labour": income.labour,
            "percent": income.percent,
            "income_fen": income.income_fen,
            "year": income.year,
            "average_yuan": str(income.average.yuan) if income.average else None,
            "threshold_fen": income.threshold_fen,
        }
        if income
        else None,
    }


def dossier_hash(content: dict[str, Any]) -> str:
    """The hash of a dossier in its household's history."""
    return event_log.digest(event_log.canonical(content))


def changes_for(actor: Actor, status: str) -> tuple[str, ...]:
    """The statuses this actor may set by hand; clearing is for the office only."""
    return tuple(to for to in CHANGES[status] if to != "cleared" or actor.role == "office")


def cancel_open_tickets(session: Session, actor: Actor, household: Household, now: datetime, reason: str) -> list[int]:
    """Cancel the open tickets of a household that leaves the register, with the same reason; returns their ids.

    Raises WrongState for a ticket that is not the office's to cancel: its own, which the leading group oversees.
    """
    rows = session.scalars(
        select(Ticket).where(Ticket.household_id == household.id).order_by(Ticket.id).with_for_update()
    ).all()
    open_ = [row.id for row in rows if row.ended_at is None]
    for ticket_id in open_:
        try:
            desk.perform(session, actor, ticket_id, "cancel", now, reason=reason)
        except NotAllowed as error:
            number = session.get_one(Ticket, ticket_id).number
            raise WrongState("ticket_of_the_offices_own", "status", number=number) from error
    return open_


def set_status(session: Session, actor: Actor, now: datetime, code: str, status: str, reason: str) -> Household:
    """Change a household's status for a reason: named for exit, taken back, cleared (清退), newly added (notice item
    17).

    The town for its own, and the office, which alone clears; open tickets of a cleared household are cancelled with the
    same reason, so that no unit is pressed for them.  Raises NotFound, NotAllowed, BadInput, or WrongState for a change
    that is not possible; only the gate sets `exited`.
    """
    located = find_household(session, actor, code, lock=True)
    if actor.role not in ("town", "office"):
        raise NotAllowed("status_not_yours")
    household, before = located.household, located.household.status
    if status == "exited":
        raise WrongState("exit_through_gate", "status")
    if status == "cleared" and actor.role != "office":
        raise NotAllowed("clearing_is_the_offices")
    if not status:
        raise BadInput("missing", "status")
    if status not in CHANGES:
        raise BadInput("unknown_status", "status", status=status[:40])
    words = statement_of("reason", reason)
    if status not in CHANGES[before]:
        raise WrongState("status_not_open", "status", status=status, before=before)
    refuse_erased(session, household)
    given: dict[str, Any] = {"status": status}
    if status == "cleared" and (struck := cancel_open_tickets(session, actor, household, now, words)):
        given["cancelled"] = struck
    chain = event_log.of(session, household, actor, now)
    household_status.set_status(chain, household, status, action="status", given=given, private={"reason": words})
    return household
