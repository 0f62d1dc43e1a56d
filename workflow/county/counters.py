"""Numbers without a gap: a counter row per series, locked last by the transaction that takes a number."""

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Counter, DocumentNumber
from workflow.county.context import CountyContext, UnitFact


def take(session: Session, series: str, count: int, first: int = 1) -> int:
    """Take `count` numbers of a series, which begins with `first`; returns the last one taken before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Counter).values(series=series, last=first - 1).on_conflict_do_nothing())
    after_it: int = session.execute(
        update(Counter).where(Counter.series == series).values(last=Counter.last + count).returning(Counter.last)
    ).scalar_one()
    return after_it - count


def take_documents(session: Session, setting: CountyContext, issuer: UnitFact, year: int, count: int = 1) -> list[str]:
    """Take the next document numbers of an issuer: year, mark and running number, 2018:华扶办:17.

    One series a year for whatever the unit issues (GB/T 9704-2012, 7.2.5: 发文字号).  The counter's row is locked, and
    UNIQUE refuses a number given twice.  `year`: the year in China in which they are given.
    """
    scheme = setting.scheme
    first = scheme.unit(issuer.code).first_number if year == setting.year else 1
    series = f"{year}:{scheme.mark(issuer.code)}"
    last = take(session, series, count, first)
    rows = [
        {
            "unit_id": issuer.id,
            "year": year,
            "running": running,
            "number": f"{series}:{running}",
        }
        for running in range(last + 1, last + count + 1)
    ]
    session.connection().execute(insert(DocumentNumber.__table__), rows)
    return [str(row["number"]) for row in rows]
