"""Ranking benchmark: 16 towns, 20,000 households and 50,000 tickets, with every unit's report in three formats.

Settled households and closed tickets are copied in bulk, as in the other sections; each household about to leave has a
checkup of all eight haves. Figures, duties, the ranking, signatures and reports go through the product's own functions.
The measured steps run in a process of their own, so peak memory is theirs.
"""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select

from bench import county as counties
from bench import filling, history
from bench.databases import Databases
from bench.report import Line, table
from models import Checkup, Finding, Household, Ranking, Ticket, Village
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from workflow.assessment import duty_opening, figure_bounds, report_duties, reported_figures
from workflow.assessment.figure_bounds import Assent
from workflow.assessment.ranking import ledger, rankings, responses, written_reports
from workflow.county.context import CountyContext, county_context
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.worktime import local_date

HOUSEHOLDS, ENDED, OPEN = 20_000, 45_000, 5_000
AIM = 60

#: What a unit writes for its report.
_WRITTEN = "原因分析：核查力量不足。\n整改落实：对排名靠后的镇已发函督促。\n下一步措施：每周调度一次。"


def run(made: Databases, folder: Path, quick: bool) -> None:
    """Runs section `rank`."""
    share = 10 if quick else 1
    url, began = made.create(), time.perf_counter()
    county = counties.establish(url, folder / "ranked-files", HOUSEHOLDS // share)
    engine = make_engine(url, DEVELOPMENT_SECRET)
    with reading(engine) as session:
        setting = county_context(session)
    now = datetime.now(UTC)
    on = list(
        ranking_days(setting.scheme.ranking, local_date(now) - timedelta(days=40), local_date(now - timedelta(days=1)))
    )[-1]
    hour = moment_of(setting.scheme.ranking, on)
    history.fill(engine, county, ENDED // share)
    filling.fill(engine, county, hour, 0, OPEN // share)
    duty_opening.run(lambda: reading(engine), lambda: writing(engine), hour - timedelta(days=5))
    _look(engine, setting, hour - timedelta(days=9))
    _report(engine, county, setting, hour - timedelta(hours=3))
    with reading(engine) as session:
        counted = [session.scalar(select(func.count()).select_from(model)) for model in (Household, Ticket, Finding)]
    engine.dispose()
    households, tickets, findings = counted
    print(
        f"{made.kind}: {households:,} households, {tickets:,} tickets and duties, {findings:,} findings written in "
        f"{time.perf_counter() - began:.0f} s"
    )
    here, there = multiprocessing.get_context("spawn").Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=_measured, args=(url, county, on, hour, there))
    worker.start()
    there.close()
    timings: list[tuple[str, float, float, float]] = here.recv()
    worker.join()
    seconds = sum(entry[1] for entry in timings)
    lines: list[Line] = [
        (what, f"{took:.1f} s", f"{cpu:.1f} s", f"{memory:.0f} MB") for what, took, cpu, memory in timings
    ]
    computed = sum(entry[2] for entry in timings)
    # On a loaded machine the rest was spent waiting for a core.
    met = "met" if computed <= AIM else "NOT MET"
    lines.append(("all of it", f"{seconds:.1f} s", f"{computed:.1f} s", f"aim ≤ {AIM} s computing: {met}"))
    table(
        f"A whole ranking of {households:,} households and {tickets:,} tickets, {made.kind}",
        lines,
        ("", "took", "computing", "peak memory"),
    )


def _look(engine: Engine, setting: CountyContext, at: datetime) -> None:
    """Records one checkup of every household about to leave; one in twenty lacks water."""
    haves = [have.code for have in setting.scheme.haves]
    with reading(engine) as session:
        homes = session.execute(
            select(Household.id, Village.town_id, Household.cadre_id)
            .join(Village, Village.id == Household.village_id)
            .where(Household.status == "pre_exit")
        ).all()
        top = session.scalar(select(func.max(Checkup.id))) or 0
    common = {"seen_on": local_date(at)}
    seen = [
        {
            **common,
            "id": top + number,
            "household_id": home.id,
            "source": "visit",
            "recorded_at": at,
            "by_id": home.cadre_id,
            "unit_id": home.town_id,
            "present": "",
            "note": "",
            "once": None,
        }
        for number, home in enumerate(homes, start=1)
    ]
    states = [
        {
            **common,
            "checkup_id": row["id"],
            "household_id": row["household_id"],
            "have": have,
            "cause": "",
            "note": "",
            "result": "unmet" if have == "water" and row["id"] % 20 == 0 else "met",
        }
        for row in seen
        for have in haves
    ]
    with writing(engine) as session:
        session.execute(insert(Checkup), seen)
        for rows in _lots(states, 10_000):
            session.execute(insert(Finding), rows)


def _lots(rows: list[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    walk = iter(rows)
    while lot := list(islice(walk, size)):
        yield lot


def _report(engine: Engine, county: counties.County, setting: CountyContext, now: datetime) -> None:
    """Reports every figure that units report, for every town."""
    with writing(engine) as session:
        for measure in reported_figures.every(setting):
            if measure.reported_by is not None:
                who = county.people[county.clerks[setting.by_code[measure.reported_by].id]]
                towns = [unit.name for unit in reported_figures.subjects(setting, measure)]
                lines = [figure_bounds.Line(town, 80 + number, 100) for number, town in enumerate(towns)]
                reported_figures.report(
                    session, who, setting, now, measure.code, local_date(now), lines, "业务系统", {}, Assent(sure=True)
                )


def _computed() -> float:
    """Processor time of this process and of its ended children, in seconds."""
    return sum(os.times()[:4])


def _peak() -> float:
    """Peak memory of this process, in 10⁶ bytes, without its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _measured(url: str, county: counties.County, on: Any, hour: datetime, pipe: Any) -> None:
    """Runs the steps in the measured process and sends the cost of each, and the peak memory up to then."""
    from reports import figures_book, sheets, word, written
    from reports.pdf_rendering import render_pdf

    engine, steps = make_engine(url, DEVELOPMENT_SECRET), []

    def step(what: str, work: Callable[[], Any]) -> Any:
        began, cpu = time.perf_counter(), _computed()
        made = work()
        steps.append((what, time.perf_counter() - began, _computed() - cpu, _peak()))
        return made

    def count() -> rankings.Counted:
        with reading(engine) as session:
            return rankings.count(session, hour, on)

    def make() -> int:
        with writing(engine) as session:
            return rankings.make(session, None, hour, on, counted).id

    def prove() -> None:
        with reading(engine) as session:
            if not rankings.recompute(session, session.get_one(Ranking, number)).holds:
                raise SystemExit("the ranking cannot be proved")

    def issue() -> None:
        with writing(engine) as session:
            row = session.get_one(Ranking, number)
            setting = county_context(session, row.scheme_version_id)
            for unit in report_duties.reporters(setting, row):
                who = county.people[county.clerks[unit.id]]
                if responses.may_sign(who, row, unit.code):
                    responses.sign(session, who, hour, row, _WRITTEN)
                written_reports.issue(session, county.people[f"{unit.code}-2"], hour + timedelta(hours=1), row)

    def composed() -> Iterator[tuple[Any, Any, Any, Any]]:
        with reading(engine) as session:
            row = session.get_one(Ranking, number)
            setting = county_context(session, row.scheme_version_id)
            reader = county.people[county.clerks[setting.office.id]]
            for unit in report_duties.reporters(setting, row):
                _, content = written_reports.to_read(session, reader, setting, row, unit.code, hour + timedelta(days=1))
                yield setting, row, unit, written.compose(setting, row, unit, content)

    def books() -> None:
        for place, row, unit, _ in composed():
            figures_book.workbook(place, row, unit).close()

    def sheet() -> None:
        with reading(engine) as session:
            row = session.get_one(Ranking, number)
            setting = county_context(session, row.scheme_version_id)
            entries = ledger.entries(session, county.people[county.clerks[setting.office.id]], setting, row, None)
            sheets.ledger_book(setting, row, "五华县", entries).close()
            render_pdf("sheet", sheets.ledger(setting, row, "五华县", entries).figures(), row.made_at)

    step("starting", lambda: None)
    counted = step("the figures are counted, reading", count)
    number = step("the ranking is made, with every unit's duty to report", make)
    step("it is proved from the history", prove)
    step("every unit signs and reports, the office compiles", issue)
    step("all reports as DOCX", lambda: [word.docx(d, row.made_at) for _, row, _, d in composed()])
    step("all reports as PDF", lambda: [render_pdf("report", d.figures(), row.made_at) for _, row, _, d in composed()])
    step("all reports as XLSX", books)
    step("the county's ledger of open tickets, PDF and XLSX", sheet)
    apart = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    steps.append(("the process that pressed the ledger", 0.0, 0.0, apart))
    pipe.send(steps)
    engine.dispose()
