"""Document numbers (发文字号): taken from the issuer's series, and printed (GB/T 9704-2012, 7.2.5: without 第, no leading zeros).

A stored number is year, mark of the issuer and running number; one from before issuers had one series names the rung of
a paper or the kind of a report in the middle, and is printed as it was issued.
"""

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Counter, DocumentNumber, row_changes
from workflow.county.context import CountyContext, UnitFact, county_context

_OLD_REPORTS = {"report": "考核汇报", "compilation": "考核汇总"}


def take_documents(session: Session, setting: CountyContext, issuer: UnitFact, year: int, count: int = 1) -> list[str]:
    """Take the next document numbers of an issuer: year, mark and running number, 2018:华扶办:17.

    One series a year for whatever the unit issues (GB/T 9704-2012, 7.2.5: 发文字号), continued under a new mark where a
    reform or the office gave it one: a paper bears the mark of the day, whatever version its ticket is of.  The counter's
    row is locked, and UNIQUE refuses a number given twice.  `year`: the year in China in which they are given.
    """
    present = county_context(session).scheme
    scheme = present if any(unit.code == issuer.code for unit in present.units) else setting.scheme
    first = scheme.unit(issuer.code).first_number if year == setting.year else 1
    series = f"{year}:{scheme.mark(issuer.code)}"
    of_year = (DocumentNumber.unit_id == issuer.id, DocumentNumber.year == year)
    given = session.scalar(select(func.max(DocumentNumber.running)).where(*of_year)) or 0
    last = _take(session, series, count, max(first, given + 1))
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
    row_changes.note_where(session, "document_number", DocumentNumber.number.in_([row["number"] for row in rows]))
    return [str(row["number"]) for row in rows]


def printed(number: str) -> str:
    """A stored number as it is printed.

    >>> printed("2018:华扶办:17"), printed("2018:3:7"), printed("2018:report:7")
    ('华扶办〔2018〕17号', '〔2018〕第7号', '考核汇报〔2018〕7号')
    """
    if number.count(":") != 2:
        return number
    year, middle, running = number.split(":")
    if middle.isdecimal():
        return f"〔{year}〕第{running}号"
    return f"{_OLD_REPORTS.get(middle, middle)}〔{year}〕{running}号"


def is_old(number: str) -> bool:
    """Whether a number is from before issuers had one series."""
    middle = number.partition(":")[2].partition(":")[0]
    return middle.isdecimal() or middle in _OLD_REPORTS


def _take(session: Session, series: str, count: int, first: int = 1) -> int:
    """Take `count` numbers of a series without a gap: a counter row per series, locked last by
    the transaction.  It goes on from `first` at least, which is higher where the issuer has used another mark meanwhile;
    returns the last one taken before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Counter).values(series=series, last=first - 1).on_conflict_do_nothing())
    before = case((Counter.last < first - 1, first - 1), else_=Counter.last)
    after_it: int = session.execute(
        update(Counter).where(Counter.series == series).values(last=before + count).returning(Counter.last)
    ).scalar_one()
    return after_it - count
