"""Evidence of reported figures: named by the entry it came with, kept, and compared with the history."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import Event, FigureProof, ReportedFigure
from tests.support.camera import photo
from tests.support.factories import START, County, day, settle_county
from tests.support.rankings import ranked_scheme
from tests.support.verify import findings_after
from workflow import evidence
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, ranked_scheme())


def report(county: County, at: datetime, numerator: int, files: list[evidence.Kept], reason: str = "") -> list[int]:
    """Reports a unit's figures for both towns; returns the ids of the new entries."""
    with county.write() as session:
        setting = county_context(session)
        lines = [Line("甲镇", numerator, 100), Line("乙镇", 95, 100)]
        made = reported_figures.report(
            session,
            county.people["power"],
            setting,
            at,
            "told",
            date(2018, 11, 28),
            lines,
            "参保系统",
            {},
            Assent(reason),
            files,
        )
        return [row.id for row in made]


def proofs(county: County, figure: int) -> list[str]:
    with county.read() as session:
        return [proof.filename for proof in figure_files.of(session, session.get_one(ReportedFigure, figure))]


def test_each_entry_keeps_its_own_files_and_the_history_names_them(county: County, tmp_path: Path) -> None:
    roll = evidence.take(tmp_path, "甲镇,90\n".encode(), "C:\\参保名册13807530001.csv")
    seen, fresh = evidence.take(tmp_path, photo(1), "墙上公示.jpg"), evidence.take(tmp_path, photo(2), "补登.jpg")
    first, second = report(county, day(9), 90, [roll, seen, roll])
    # The same bytes are one file; a number in its name does not travel.
    assert len(proofs(county, first)) == 2
    assert proofs(county, first) == proofs(county, second)
    assert "13807530001" not in "".join(proofs(county, first))
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "report_figures")).one()
        assert [(file["sha256"], file["size"], file["media_type"]) for file in event.effect["files"]] == [
            (roll["sha256"], roll["size"], "text/plain"),
            (seen["sha256"], seen["size"], "image/jpeg"),
        ]
    # Sent twice it is nothing new.  A correction brings its own; what is left alone keeps what it has.
    assert report(county, day(9) + timedelta(hours=1), 90, [roll, seen]) == []
    (third,) = report(county, day(10), 91, [fresh], "漏计")
    assert (proofs(county, third), len(proofs(county, first))) == (["补登.jpg"], 2)
    # A file for what stands already needs a reason, and is a new entry, too.
    with pytest.raises(BadInput) as refusal:
        report(county, day(11), 91, [roll])
    assert (refusal.value.code, refusal.value.field) == ("figures_stand", "reason")
    (fourth,) = report(county, day(11), 91, [roll], "补充名册")
    with county.read() as session:
        row = session.get_one(ReportedFigure, fourth)
        assert (row.replaces_id, row.numerator) == (third, 91)
    # What is named stays; the pictures' thumbnails, which nothing shows here, go.
    with county.read() as session:
        later = datetime.now(START.tzinfo) + timedelta(days=2)
        assert evidence.tidy(session, tmp_path, later) == 2
        assert verify(session, tmp_path) == []
    _whatever_is_done_to_them_is_found(county, tmp_path)


def _whatever_is_done_to_them_is_found(county: County, files: Path) -> None:
    for done in (
        "UPDATE figure_proof SET filename = 'x.csv' WHERE id = 1",
        "UPDATE figure_proof SET figures = '[1]' WHERE id = 1",
        "UPDATE figure_proof SET figures = '[]' WHERE id = 1",
        "UPDATE figure_proof SET figure_id = 2 WHERE id = 1",
        "UPDATE figure_proof SET sha256 = (SELECT sha256 FROM figure_proof WHERE id = 3) WHERE id = 1",
        "UPDATE figure_proof SET size = 7 WHERE id = 1",
    ):
        assert findings_after(county.engine, files, (done,)) == {"figure_file_differs"}, done
    assert findings_after(county.engine, files, ("DELETE FROM figure_proof WHERE id = 1",)) == {"row_missing"}
    with county.read() as session:
        sha256 = session.scalars(select(FigureProof.sha256).where(FigureProof.id == 2)).one()
    evidence.FolderStore(files).path(sha256).unlink()
    assert findings_after(county.engine, files, ()) == {"bytes_missing"}
