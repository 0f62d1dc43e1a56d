"""Request views: requests for time of a ticket, pending ones of the county, and time granted per unit and year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from models import Custody, Ticket, TimeRequest
from models.custody import GRANTED_CUSTODIES, MENDING_CUSTODIES
from models.request import WAITING_REQUESTS
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.policy.worktime import SHANGHAI

_MOST = 20


@dataclass(slots=True)
class Granted:
    """Time granted to a unit in a year; minutes are working minutes of ended custodies."""

    unit: int
    extensions: int = 0
    suspensions: int = 0
    suspended: int = 0
    mended: int = 0

    @property
    def suspended_share(self) -> int:
        """Suspended time in whole per cent of suspended and resolving time."""
        whole = self.suspended + self.mended
        return round(100 * self.suspended / whole) if whole else 0


# Asked with every act and every page of a ticket, so composed once.
_OF_TICKET = select(TimeRequest).where(TimeRequest.ticket_id == bindparam("ticket")).order_by(TimeRequest.id.desc())


def requests_of(session: Session, ticket_id: int) -> Sequence[TimeRequest]:
    """The requests of a ticket, the latest first."""
    return session.scalars(_OF_TICKET, {"ticket": ticket_id}).all()


def waiting_requests(session: Session, actor: Actor) -> list[tuple[TimeRequest, Ticket]]:
    """The unanswered requests of the county, the most urgent first; at most what a board shows."""
    rows = session.execute(
        select(TimeRequest, Ticket)
        .join(Ticket, Ticket.id == TimeRequest.ticket_id)
        .where(WAITING_REQUESTS.predicate)
        .order_by(TimeRequest.answer_due_at, TimeRequest.id)
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in rows]


def granted(session: Session, setting: CountyContext) -> list[Granted]:
    """Time granted per unit in the assessment year, for units with any; most extensions and suspensions first.  A
    suspension counts for the unit whose clock it stopped, not for the office that holds it."""
    begins = datetime(setting.year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    ends = datetime(setting.year + 1, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    before = aliased(Custody)
    by_unit: dict[int, Granted] = {}
    rows = session.execute(
        select(before.unit_id, Custody.granted, func.count(), func.coalesce(func.sum(Custody.minutes), 0))
        .join(before, (before.ticket_id == Custody.ticket_id) & (before.seq == Custody.seq - 1))
        .where(GRANTED_CUSTODIES.predicate)
        .where(Custody.began_at >= begins, Custody.began_at < ends)
        .group_by(before.unit_id, Custody.granted)
    )
    for unit, kind, count, minutes in rows:
        row = by_unit.setdefault(unit, Granted(unit))
        if kind == "extension":
            row.extensions = count
        else:
            row.suspensions, row.suspended = count, int(minutes or 0)
    if not by_unit:
        return []
    mended = session.execute(
        select(Custody.unit_id, func.coalesce(func.sum(Custody.minutes), 0))
        .where(MENDING_CUSTODIES.predicate)
        .where(Custody.began_at >= begins, Custody.began_at < ends)
        .group_by(Custody.unit_id)
    )
    for unit, minutes in mended:
        if unit in by_unit:
            by_unit[unit].mended = int(minutes or 0)
    return sorted(by_unit.values(), key=lambda row: (-row.extensions - row.suspensions, row.unit))
