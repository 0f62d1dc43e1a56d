"""Refused access: wrong passwords, unknown accounts, refused pages, summed by name, address and minute.

Once an hour is over its sums become one event of the county and its rows are deleted, so that an anonymous guesser fills
neither the table nor the history.
"""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import County, RefusedAccess
from workflow.actors import system
from workflow.history import event_log

#: The rows of an hour; what comes after is summed by kind and minute alone.
MOST_ROWS = 2000
#: The lines of an hour's event: those refused most often.
MOST_LINES = 200
_HOUR = timedelta(hours=1)


def count(session: Session, now: datetime, kind: str, name: str, address: str) -> None:
    """Count one refusal of a kind of `models.people.REFUSALS`, under the name that was typed or signed in."""
    minute = now.replace(second=0, microsecond=0)
    hour = select(RefusedAccess.id).where(RefusedAccess.minute >= minute.replace(minute=0))
    if (session.scalar(select(func.count()).select_from(hour.limit(MOST_ROWS).subquery())) or 0) >= MOST_ROWS:
        name = address = ""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(RefusedAccess).values(minute=minute, kind=kind, name=name[:200], address=address[:64], times=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[
                RefusedAccess.minute,
                RefusedAccess.kind,
                RefusedAccess.name,
                RefusedAccess.address,
            ],
            set_={"times": RefusedAccess.times + 1},
        )
    )


def settle(session: Session, now: datetime) -> int:
    """Sum up every hour that is over in one event each, and delete its rows; returns how many hours there were."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    oldest = select(func.min(RefusedAccess.minute)).where(RefusedAccess.minute < this_hour)
    if session.scalar(oldest) is None:
        return 0
    # One after the other: of two workers the second finds nothing.
    session.execute(select(County.id).with_for_update())
    hours = 0
    while (first := session.scalar(oldest)) is not None:
        begins = first.replace(minute=0)
        here = (RefusedAccess.minute >= begins) & (RefusedAccess.minute < begins + _HOUR)
        _tell(session, now, begins, list(session.scalars(select(RefusedAccess).where(here))))
        session.execute(delete(RefusedAccess).where(here))
        hours += 1
    return hours


def _tell(session: Session, now: datetime, begins: datetime, rows: list[RefusedAccess]) -> None:
    kinds: Counter[str] = Counter()
    for row in rows:
        kinds[row.kind] += row.times
    given = {
        "from": begins.isoformat(),
        "times": dict(sorted(kinds.items())),
        "names": len({row.name for row in rows}),
        "addresses": len({row.address for row in rows}),
    }
    most = sorted(rows, key=lambda row: (-row.times, row.minute, row.kind, row.name, row.address))[:MOST_LINES]
    # Typed names may be passwords or names of people, so they are among the words that can be erased.
    lines = [[row.minute.isoformat(), row.kind, row.name, row.address, row.times] for row in most]
    chain = event_log.of(session, event_log.COUNTY, system(), now, effective_at=begins + _HOUR)
    chain.append("refused_access", given, private={"lines": lines}, notify=False)
