"""Large imports: thousands of households with 200 faults; each fault is reported at its row, all other rows are imported.

`XIAOHAO_IMPORT_HOUSEHOLDS=20000 pytest tests/register/test_import_large.py` imports as many as a county has.
"""

import multiprocessing
import os
import random
import signal
from collections import Counter
from datetime import date
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Event, Household, Member, Unit, Village
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from simulation.faults import PLANTS, REFUSING, with_faults
from simulation.spreadsheet import Family, Generator, write_csv, write_xlsx
from tests.support.factories import START, settle_county
from tests.support.spreadsheets import VAULT, Imported, bring
from workflow.actors import Actor
from workflow.register.importing.import_plan import ReadOptions
from workflow.register.importing.import_runner import ImportFile, run_import
from workflow.verification.full_check import verify

#: More than any chunk or cache of an import holds.
HOUSEHOLDS, FAULTS = int(os.environ.get("XIAOHAO_IMPORT_HOUSEHOLDS", "6000")), 200
#: The import that is killed half way has this many: six chunks, of which three are written.
KILLED = 3000
#: The workbooks have their own test below: writing and reading one of this size thrice takes half a minute.
ENCODINGS = {"sqlite": "utf-8-sig", "postgresql": "gb18030"}


def _apply(url: str, actor: Actor, path: Path, pipe: Connection) -> None:
    """Imports the file, signals when half of it is written, then waits."""
    engine = make_engine(url, DEVELOPMENT_SECRET)

    def progress(stage: str, done: int, of: int) -> None:
        if stage == "write" and done >= of // 2:
            pipe.send("half")
            signal.pause()

    with path.open("rb") as stream:
        run_import(
            partial(reading, engine),
            partial(writing, engine),
            actor,
            START,
            ImportFile(stream, "x"),
            ReadOptions(VAULT, progress=progress),
        )


def _kill_half_way(url: str, actor: Actor, path: Path) -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_apply, args=(url, actor, path, there))
    process.start()
    there.close()
    # However long it takes; a child that fails on its way closes its end, and nothing comes.
    assert here.recv() == "half"
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def test_a_large_file_with_faults_comes_in_whole_but_for_them_killed_and_repeated(
    engine: Engine, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    county = settle_county(engine, households=0)
    rng, households = random.Random(20), HOUSEHOLDS
    made = Generator(rng, ["甲镇", "乙镇"], date(2018, 11, 20))
    good: dict[str, Family] = {}
    planted: dict[int, str] = {}
    begun: list[Family] = []

    def families() -> Any:
        for family, faults in with_faults(made.families(households), FAULTS, households, rng):
            planted.update(faults)
            if not faults:
                good[str(family[0]["户编号"])] = family
            if len(begun) < KILLED:
                begun.append(family)
            yield family

    path, beginning = tmp_path / "register.csv", tmp_path / "beginning.csv"
    write_csv(path, families(), ENCODINGS[engine.dialect.name])
    write_csv(beginning, begun, ENCODINGS[engine.dialect.name])
    assert len(planted) == FAULTS
    assert len(set(planted.values())) == len(PLANTS) >= 25

    engine.dispose()
    _kill_half_way(database_url, county.people["office"], beginning)
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0, "half an import is none"

    with path.open("rb") as stream:
        first = bring(county, stream)
        refused = sum(code in REFUSING for code in planted.values())
        assert _found(first) == planted
        assert first.four == (households - refused, 0, 0, refused)
        _is_in(county.read, good)
        second = bring(county, stream)
    assert _found(second) == planted
    assert second.four == (0, 0, households - refused, refused)
    assert second.counts["absent"] == second.counts["villages"] == 0
    with county.read() as session:
        events = Counter(session.scalars(select(Event.action).where(Event.subject_type == "household")))
        assert events == {"import": households - refused}
        assert verify(session, tmp_path) == []


def _found(imported: Imported) -> dict[int | str, str]:
    """The fault of each row: it refused the household where it must, and otherwise only the cell was left out."""
    faults = {row: codes[0] for row, codes in imported.faults.items() if codes != ["companion"]}
    assert set(faults.values()) <= set(REFUSING)
    left_out = {notice.row: notice.code for notice in imported.plan.notices if notice.row}
    assert not set(left_out.values()) & set(REFUSING)
    return faults | left_out


def _is_in(read: Any, good: dict[str, Family]) -> None:
    """Asserts that every valid household is stored: village, members, order."""
    with read() as session:
        codes = {
            row.code: (row.town, row.village, row.head_name, row.people, row.income_fen)
            for row in session.execute(
                select(
                    Household.code,
                    Unit.name.label("town"),
                    Village.name.label("village"),
                    Household.head_name,
                    Household.people,
                    Household.income_fen,
                )
                .join(Village, Village.id == Household.village_id)
                .join(Unit, Unit.id == Village.town_id)
            )
        }
        members: dict[str, list[tuple[str, str | None]]] = {}
        rows = session.execute(
            select(Household.code, Member.name, Member.id_index)
            .join(Household, Household.id == Member.household_id)
            .order_by(Member.household_id, Member.position)
        )
        for code, name, index in rows:
            members.setdefault(code, []).append((name, index))
    assert {code: codes[code] for code in good} == {
        code: (f[0]["镇"], f[0]["村"], f[0]["姓名"], len(f), round(float(f[0]["人均纯收入（元）"]) * 100))
        for code, f in good.items()
    }
    assert {code: members[code] for code in good} == {
        code: [(p["姓名"], VAULT.index(str(p["身份证号码"]))) for p in family] for code, family in good.items()
    }


def test_every_kind_of_fault_is_reported_at_its_row_of_a_workbook_with_titles_above_its_headings(
    engine: Engine, tmp_path: Path
) -> None:
    county, rng = settle_county(engine, households=0), random.Random(21)
    made = Generator(rng, ["甲镇", "乙镇"], date(2018, 11, 20))
    planted: dict[int, str] = {}

    def families() -> Any:
        for family, faults in with_faults(made.families(400), 60, 400, rng, first_row=4):
            planted.update(faults)
            yield family

    path = tmp_path / "register.xlsx"
    write_xlsx(path, families(), ["五华县建档立卡贫困户信息表", "填报时间：2018年11月"])
    with path.open("rb") as stream:
        imported = bring(county, stream)
    assert set(planted.values()) == set(PLANTS)
    assert _found(imported) == planted
    refused = sum(code in REFUSING for code in planted.values())
    assert imported.four == (400 - refused, 0, 0, refused)
