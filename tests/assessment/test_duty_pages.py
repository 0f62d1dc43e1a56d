"""Duties on pages and over the API: owed, entered, handed in with the form, and who may read them."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import DutyEntry, Ticket
from tests.support.duties import at, duty_scheme, enter, open_by, tickets
from tests.support.factories import settle_county
from tests.support.pages import Pages, token
from tests.support.texts import SENTENCE

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Pages:
    county = settle_county(engine, duty_scheme())
    made = Pages(county, database_url, tmp_path / "files")
    open_by(county, at("2018-11-01"))
    made.now = at("2018-11-12")
    return made


def test_duties_through_the_pages(pages: Pages) -> None:
    made = tickets(pages.county)
    own = pages.get("water", "/duties").text
    assert "report" in own
    assert "2018年11月" in own
    assert made["water", "report", "2018-11"].number in own
    assert made["power", "report", "2018-11"].number not in own
    whole = pages.get("office", "/duties").text
    assert "县水务局" in whole
    assert made["town-a", "meeting", "2018-Q4"].number in pages.get("leaders", "/duties?unit=town-a&item=0").text
    for who, path, code in (
        ("village", "/duties", 403),
        ("admin", "/duties", 403),
        ("town", "/duties?unit=water", 403),
        ("office", "/duties?unit=leaders", 422),
        ("office", "/duties?item=x", 422),
        ("town", "/duties?unit=nowhere", 422),
    ):
        assert pages.get(who, path).status_code == code, (who, path)
    # An entry: refused with what was typed, then taken, once however often it is sent.
    study = made["water", "study", "2018"].number
    form = {"on": "2018-11-09", "fields.head": "", "once": "abc"}
    refused = pages.post("water", f"/tickets/{study}/entries", **form)
    assert refused.status_code == 422
    assert 'value="2018-11-09"' in refused.text
    assert 'id="in-fields-head-wrong"' in refused.text
    for _ in range(2):
        data = {
            "csrf_token": token(pages.client("water"), "/password"),
            **form,
            "fields.head": "first",
            "file": (BytesIO(b"seen in the village"), "diary.txt"),
        }
        assert pages.client("water").post(f"/tickets/{study}/entries", data=data).status_code == 302
    with pages.county.read() as session:
        [entry] = session.scalars(select(DutyEntry)).all()
    shown = pages.get("water", f"/tickets/{study}").text
    assert "1/20" in shown
    assert pages.post("water", f"/tickets/{study}/entries/{entry.id}/withdraw", entry=str(entry.id)).status_code == 422
    assert pages.post("water", f"/tickets/{study}/entries/{entry.id}/withdraw", reason="日期填错").status_code == 302
    assert "日期填错" in pages.get("inspectorate", f"/tickets/{study}").text
    assert pages.post("power", f"/tickets/{study}/entries", **form).status_code == 404
    # Handing in: the form field by field, in the fields' own names.
    meeting = made["town-a", "meeting", "2018-Q4"]
    wrong = pages.post("town", f"/tickets/{meeting.number}/resolve", version="1", **{"form.held_on": "2018-11-05"})
    assert wrong.status_code == 422
    assert "意见" in wrong.text
    assert 'value="2018-11-05"' in wrong.text
    data = {
        "csrf_token": token(pages.client("town"), "/password"),
        "version": "1",
        "form.held_on": "2018-11-05",
        "form.opinions": "分类处理",
        "file": (BytesIO(b"minutes"), "minutes.txt"),
    }
    assert pages.client("town").post(f"/tickets/{meeting.number}/resolve", data=data).status_code == 302
    office = pages.get("office", f"/tickets/{meeting.number}").text
    assert "分类处理" in office
    assert 'name="visited_on"' not in office
    assert pages.post("office", f"/tickets/{meeting.number}/confirm", version="2").status_code == 302
    assert pages.county.ticket(meeting.id).state == "closed"
    archive = tickets(pages.county)["town-a", "archive", "2018-Q4"]
    assert archive.number in pages.get("town", f"/tickets/{meeting.number}").text
    for who in ("office", "town", "leaders", "inspectorate", "water"):
        for path in ("/tickets", "/tickets?kind=study", "/inbox", "/tickets.xlsx?ground=work"):
            assert pages.get(who, path).status_code == 200, (who, path)
    for row in tickets(pages.county).values():
        assert pages.get("office", f"/tickets/{row.number}").status_code == 200


def test_an_entry_that_adds_nothing_says_so_beside_the_progress(pages: Pages) -> None:
    study = tickets(pages.county)["water", "study", "2018"]
    for _ in range(2):
        enter(pages.county, "water", study, "2018-11-09", "2018-11-12", fields={"head": "first"})
    shown = pages.get("water", f"/tickets/{study.number}").text
    # The day is not asked for where it is known.
    day_input = re.search(r'<input[^>]*id="in-on"[^>]*>', shown)
    assert day_input is not None
    assert f'value="{pages.now:%Y-%m-%d}"' in day_input[0]
    assert "1/20" in shown
    assert shown.count("未计入：相同的日期、head已计入一次。") == 1


def test_what_a_form_of_a_duty_takes_a_deficiency_does_not(pages: Pages) -> None:
    ticket = pages.county.file("town", at=at("2018-11-12"))
    with pages.county.read() as session:
        number = session.scalars(select(Ticket).where(Ticket.id == ticket)).one().number
    pages.post("water", f"/tickets/{number}/accept")
    assert pages.post("water", f"/tickets/{number}/resolve", **{"form.x": "1", "note": SENTENCE}).status_code == 422
    assert 'name="missing"' not in pages.get("water", f"/tickets/{number}").text
    assert pages.post("water", f"/tickets/{number}/entries", on="2018-11-12").status_code == 422
