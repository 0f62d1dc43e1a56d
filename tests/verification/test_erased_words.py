"""Erased text: a history from which the text of duties was erased verifies, and what it no longer proves is no finding."""

from pathlib import Path

from sqlalchemy import Engine, text

from tests.support.duties import at, duty_county, finish, open_by, tickets
from tests.support.verify import findings, findings_after


def test_a_duty_stays_proved_without_the_words_of_its_form_and_not_without_the_form(
    engine: Engine, tmp_path: Path
) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    finish(county, "water", tickets(county)["water", "report", "2018-11"], at("2018-11-20"), form={"cases": "3"})
    assert findings(county, tmp_path) == {"bytes_missing"}
    # Another figure than the one that was handed in.
    changed = """UPDATE duty_form SET fields = '{"cases": "4"}'"""
    assert findings_after(engine, tmp_path, [changed]) - {"bytes_missing"}
    with county.write() as session:
        session.execute(
            text("DELETE FROM event_secret WHERE event_id IN (SELECT id FROM event WHERE subject_type <> 'rows')")
        )
    assert findings(county, tmp_path) == {"bytes_missing"}
    assert findings_after(engine, tmp_path, ["DELETE FROM duty_form"]) - {"bytes_missing"}
