"""Calendar changes in tests: changing working days, and reading the moved deadlines."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models import Custody, Escalation, Tenure
from tests.support.factories import County
from workflow import batches
from workflow.accountability import sweep, sweep_watch
from workflow.adoption import calendar_change, holiday_notice
from workflow.county.context import county_context
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import verify


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def close(text: str) -> datetime:
    return at(f"{text}T17:30")


def word(*lines: str) -> holiday_notice.Change:
    """Working days set by the county itself."""
    return holiday_notice.change("county", "五防汛〔2018〕3号", "\n".join(lines))


def change(county: County, now: datetime, *lines: str, who: str = "office") -> calendar_change.Outcome:
    with county.write() as session:
        return calendar_change.apply(session, county.people[who], now, word(*lines))


def look(county: County, now: datetime, *lines: str) -> calendar_change.Outcome:
    with county.read() as session:
        return calendar_change.preview(session, county.people["office"], now, word(*lines))


def worked_day(county: County, moment: datetime) -> str:
    """The day of a moment where it is worked, else the next working day, in ISO form."""
    with county.read() as session:
        return county_context(session).clock.worked_from(moment.date()).isoformat()


def held(county: County, ticket: int) -> tuple[Custody, Tenure]:
    with county.read() as session:
        row = session.execute(
            select(Custody, Tenure)
            .join(Tenure, Tenure.id == Custody.tenure_id)
            .where(Custody.ticket_id == ticket, Custody.ended_at.is_(None))
        ).one()
        return row[0], row[1]


def swept(county: County, now: datetime) -> batches.Swept:
    return sweep.run(county.read, county.write, now)


def rungs(county: County, ticket: int) -> list[tuple[str, int, str]]:
    with county.read() as session:
        query = select(Escalation).where(Escalation.ticket_id == ticket).order_by(Escalation.id)
        return [(row.stage, row.rung, row.status) for row in session.scalars(query)]


def assert_verified(county: County, now: datetime) -> None:
    """Asserts that folding the history gives the rows, the auditor agrees, and recomputing moves nothing."""
    with county.read() as session:
        assert [f for f in verify(session, Path("nowhere")) if f.code != "bytes_missing"] == []
        report = sweep_watch.audit(session, now)
        assert (report["missing"], report["unfounded"]) == ([], [])
        assert unmoved(session, county)


def unmoved(session: Any, county: County) -> bool:
    """Whether recomputing every open custody would change no date, budget or account."""
    calendar = county_context(session).clock.calendar
    deadlines = list(calendar_change._new_deadlines(session, calendar, calendar_change._open_tickets(session)))
    return not any(entry.differs for entry in deadlines)
