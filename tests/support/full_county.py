"""Full county behind HTTP: an object of every kind that an address can name, with names in every free text."""

import io
import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import Engine, select

from models import Checkup, Evidence, ExitDossier, Household, Matter, Member, Ticket, User
from models.engine import reading, writing
from notifications.dispatch import BATCH, dispatch
from tests.setup.test_county_import import VILLAGES, workbook
from tests.support.apps import app_on
from tests.support.bulk_lists import KIND, MEDICAL_BILLS, line, stream_of, worked
from tests.support.camera import photo as snap
from tests.support.candidates import candidate_scheme
from tests.support.cases import add_seconds, overdue
from tests.support.factories import County, day, settle_county, words
from tests.support.persons import id_number, move_in, phone
from tests.support.random_checks import recorded
from tests.support.signing import lead
from workflow.accountability import sweep
from workflow.accountability.instructions import instruction_desk
from workflow.accountability.oversight import monthly_draw
from workflow.assessment import duty_opening
from workflow.assessment.ranking import objections, rankings
from workflow.county import accounts
from workflow.county.vault import Vault
from workflow.history import sealing
from workflow.policy.scheme.model import Scheme
from workflow.register import exit_gate
from workflow.register.access import find_household

KEY = "the key of this test and of no other"
#: Values of route arguments, by name.
NAMED = {
    "on": ["2018-11-30"],
    "measure": ["time", "water"],
    "town": ["town-a"],
    "unit": ["water"],
    "kind": ["pdf", "docx", "xlsx", "died", "born", "merged", "split"],
}


def _legible(content: bytes) -> str:
    """The text of a response, including the parts of a spreadsheet and any text in a picture."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(name) for name in parts.namelist())
    return content.decode("utf-8", "replace")


class Web:
    """A county behind HTTP; every response is kept for searching."""

    def __init__(self, county: County, url: str, files: Path) -> None:
        self.county, self.now = county, day(0)
        self.heard: list[tuple[str, str, str]] = []
        self.app = app_on(url, FILES=files, DATA_KEY=KEY, CLOCK=lambda: self.now, TESTING=True)
        with county.write() as session:
            self.tokens = {u.name: accounts.issue_token(session, u, self.now) for u in session.scalars(select(User))}

    def ask(self, who: str, method: str, path: str, **more: Any) -> Any:
        answer = self.app.test_client().open(
            path, method=method, headers={"Authorization": f"Bearer {self.tokens[who]}"}, **more
        )
        said = _legible(answer.get_data()) + unquote(str(answer.headers))
        answer.close()
        self.heard.append((who, f"{method} {path}", said))
        return answer

    def post(self, who: str, path: str, **json: Any) -> Any:
        answer = self.ask(who, "POST", f"/api/v1{path}", json=json)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.json

    def bring(self, who: str, number: str, name: str) -> int:
        file = (io.BytesIO(f"{who} {number}".encode()), name)
        answer = self.ask(who, "POST", f"/api/v1/tickets/{number}/evidence", data={"file": file})
        return int(answer.json["id"])


def full_county(engine: Engine, url: str, files: Path) -> Web:
    """A county with people in three households, before `live`."""
    county = settle_county(engine, ranked_scheme())
    lead(county, "water")
    add_seconds(county)
    with county.write() as session:
        for number, code in enumerate(("A1", "A2", "A3"), start=1):
            move_in(session, Vault(KEY), code, number, "欧阳秋菊", "司徒大力")
    return Web(county, url, files)


def live(web: Web) -> dict[str, list[str]]:
    """Fills a county with names in every free text; returns the values that routes take, by argument or converter."""
    said = "欧阳秋菊和司徒大力家"
    first, second = (
        web.post("town", "/tickets", household=code, kind="water", description=f"{said}断水")["number"]
        for code in ("A1", "A2")
    )
    third = web.post("village", "/tickets", household="A3", kind="power", description=said)["number"]
    web.post("town", f"/tickets/{third}/endorse", note=said)
    web.post("power", f"/tickets/{third}/decline", ground=said, cited_duty=said, note=said)
    web.post("office", f"/tickets/{third}/reassign", unit="housing", reason=said)
    matter = web.post("town", "/matters", tickets=[first, second], title=f"{said}的水泵")["id"]
    web.post("water", f"/matters/{matter}/accept", versions={first: 1, second: 1}, note=said)
    with web.county.write() as session:
        people, due = web.county.people, "2018-12-28"
        told = instruction_desk.instruct(session, people["leaders"], web.now, 1, "water", f"请说明{said}断水原因", due)
        instruction_desk.answer(session, people["water"], web.now, told.id, f"{said}水管老化漏水，已查明位置")
    web.now = day(2)
    photo = web.bring("water", first, f"欧阳秋菊{phone(1)}{id_number(11)}.txt")
    web.post("water", f"/matters/{matter}/resolve", versions={first: 2, second: 2}, evidence=[photo], note=said)
    seen = web.bring("town", first, "欧阳秋菊.txt")
    web.post("town", f"/tickets/{first}/confirm", visited_on="2018-11-22", note=said, evidence=[seen])
    web.ask("town", "POST", f"/tickets/{second}/comment", data={"note": said})
    sent = web.ask(
        "village", "POST", f"/api/v1/tickets/{third}/evidence", data={"file": (io.BytesIO(snap()), "门.jpg")}
    )
    assert sent.status_code == 201
    reported = _candidate(web)
    _list(web)
    late = web.county.ticket(overdue(web.county, "A3")).number
    case = web.post("office", "/cases", ticket=late, custody=2, result="1:task", harm=said)["id"]
    web.post("office2", f"/cases/{case}/open", result="1:task", harm=said)
    web.post("office", f"/cases/{case}/notify", note=said)
    web.post("water", f"/cases/{case}/respond", statement=said)
    _visit(web)
    assert (
        web.ask("office", "POST", "/saved-views?overdue=1", data={"name": f"{said}一带", "shared": "1"}).status_code
        == 302
    )
    web.post("village", "/households/A2/events", kind="died", on="2018-11-22", members=[_wife(web)], reason=said)
    _import(web)
    paper, workbook = _ranking(web), _workbook(web)
    web.now = day(30)
    sweep.run(partial(reading, web.county.engine), partial(writing, web.county.engine), web.now)
    monthly_draw.run(partial(reading, web.county.engine), partial(writing, web.county.engine), web.now)
    uploaded = web.bring("other_town", first, "现场.txt")
    web.post("other_town", "/spot-checks/1", result="holds", visited_on="2018-12-20", note=said, evidence=[uploaded])
    with web.county.write() as session:
        rankings.make(session, None, web.now, day(20).date())
        while dispatch(session, web.now) == BATCH:
            pass
        sealing.seal_all(session, web.now)
        ids = {*session.scalars(select(Evidence.id)), *session.scalars(select(Matter.id)), 1, 2, 3}
    return {
        "int": [str(i) for i in sorted(ids)],
        **NAMED,
        "sha256": [workbook],
        "number": [first, second, third, reported, paper, "2018:华扶办:1"],
        "string": [first, "A1", "A3", "town-a-v1", "water", "quick", "2018:华扶办:1"],
    }


def _candidate(web: Web) -> str:
    """A family that is not registered, seen by its town and refused; returns the number of its ticket."""
    said = "欧阳大力和司徒秋菊家"
    people = [
        {"name": "欧阳大力", "id_number": id_number(41)},
        {"name": "司徒秋菊", "relation": "之女", "id_number": id_number(42)},
    ]
    consent = {"consent_by": "欧阳大力", "consent_on": "2018-11-20", "consent_how": "written"}
    place = {"village": "town-a-v1", "address": "欧阳家老屋", "phone": phone(4)}
    number = web.post("village", "/candidates", people=people, seen=f"{said}房屋漏雨", **place, **consent)["number"]
    web.post("town", f"/tickets/{number}/accept", note=said)
    web.post("town", f"/tickets/{number}/resolve", note=said, evidence=[web.bring("town", number, "欧阳大力.txt")])
    web.post("office", f"/candidates/{number}/verdicts", verdict="refused", ground="not_eligible", reason=said)
    return str(number)


def _list(web: Web) -> None:
    """A bureau's list with a household of the register, one to be clarified and one that is left out."""
    given = (line("欧阳秋菊", id_number(11)), line("司徒大力", id_number(21)), line("欧阳秋菊", phone(1)))
    sent = {"kind": KIND, "file": (stream_of(*given), f"欧阳秋菊{phone(1)}.csv")}
    answer = web.ask("water", "POST", "/api/v1/bulk-lists", data=sent)
    assert (answer.status_code, answer.json["lines"]) == (202, 3), answer.get_data(as_text=True)
    worked(web.county)


def _workbook(web: Web) -> str:
    """A county's workbook with a village, uploaded and applied; its hash, under which the preview is found."""
    web.ask("office", "GET", "/setup/template.xlsx")
    book = workbook({"行政村": [VILLAGES, ["甲镇", "新塘村", "", "否", 0]]})
    sent = web.ask("office", "POST", "/setup", data={"file": (book, "county.xlsx")})
    sha256 = str(sent.headers["Location"]).rpartition("/")[2].partition("?")[0]
    assert web.ask("office", "POST", f"/setup/{sha256}", data={"name": "county.xlsx"}).status_code == 200
    return sha256


def ranked_scheme() -> Scheme:
    """The small scheme with measures for a ranking and a report to draft."""
    time = {
        "code": "time",
        "name": words("按时率"),
        "item": 1,
        "of": ["tickets.closed_on_time"],
        "to": ["tickets.closed"],
        "kinds": ["water"],
    }
    content = {
        "code": "water",
        "name": words("饮水"),
        "item": 1,
        "of": ["reported.numerator"],
        "to": ["reported.denominator"],
        "numerator": words("已完成户数"),
        "denominator": words("应完成户数"),
        "reported_by": "water",
    }
    indicators = [
        {"number": n, "title": words(str(n)), "towns": True, "units": units, "tasks": words(str(n))}
        for n, units in ((1, ["water", "power"]), (10, ["housing"]), (18, ["poverty"]))
    ]
    paper = {
        "code": "paper",
        "name": words("年度报告"),
        "item": 1,
        "units": ["water"],
        "period": "yearly",
        "due": {"by": "last"},
        "evidence": words("x"),
        "fields": [{"code": "x", "name": words("x"), "draft": ["ranking"]}],
    }
    duties = {"list": [paper]}
    return candidate_scheme(measures=[time, content], indicators=indicators, duties=duties, bulk_lists=[MEDICAL_BILLS])


def _ranking(web: Web) -> str:
    """Makes a ranking, signed and reported on; returns the number of a duty that has a draft."""
    duty_opening.run(web.county.read, web.county.write, day(9))
    web.now = day(9)
    content = {
        "measure": "water",
        "up_to": "2018-11-28",
        "source": "县水务局台账第12页",
        "figures": [{"town": "甲镇", "numerator": 1, "denominator": 2}],
    }
    file = (io.BytesIO("台账".encode()), f"台账{phone(1)}{id_number(11)}.txt")
    sent = web.ask("water", "POST", "/api/v1/figures", data={"report": json.dumps(content), "file": file})
    assert sent.status_code == 201, sent.get_data(as_text=True)
    with web.county.write() as session:
        rankings.make(session, None, day(11), day(10).date())
    web.now = day(11)
    web.post("water", "/rankings/2018-11-30/sign", remark="饮水")
    web.post("water", "/rankings/2018-11-30/reports")
    with web.county.write() as session:
        row = rankings.find(session, web.county.people["town"], day(10).date())
        objections.object_to(session, web.county.people["town"], day(11), row, "time", "欧阳秋菊家未计入")
    with web.county.read() as session:
        return session.scalars(select(Ticket).where(Ticket.type == "duty")).one().number


def _wife(web: Web) -> int:
    """The second member of household A2."""
    with web.county.read() as session:
        home = select(Household.id).where(Household.code == "A2").scalar_subquery()
        return session.scalars(select(Member.id).where(Member.household_id == home, Member.position == 2)).one()


def _visit(web: Web) -> None:
    """Records a checkup with names in it; this county's scheme has no haves."""
    with web.county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "A1")).one()
        who = web.county.people["village"]
        seen = Checkup(
            household_id=home.id,
            source="visit",
            seen_on=day(1).date(),
            recorded_at=day(1),
            by_id=who.user_id,
            unit_id=who.unit_id,
            present="欧阳秋菊",
            note="司徒大力在家",
        )
        session.add(seen)
        session.flush()
        other = web.county.people["other_town"]
        assert other.unit_id is not None
        assert other.user_id is not None
        recorded(session, seen, other.unit_id, other.user_id)
        content = exit_gate.dossier_of(
            find_household(session, who, "A1"), exit_gate.Examination((), None, day(1).date()), day(1)
        )
        assert who.user_id is not None
        assert who.unit_id is not None
        session.add(
            ExitDossier(
                household_id=home.id,
                passed_at=day(1),
                passed_by_id=who.user_id,
                unit_id=who.unit_id,
                content=content,
                hash=exit_gate.dossier_hash(content),
            )
        )


def _import(web: Web) -> None:
    """Imports a spreadsheet with one valid and one refused household through the pages."""
    lines = "户编号,户主姓名,镇,村\nZ1,司徒大力,甲镇,town-a-v1\nZ2,,甲镇,town-a-v1\n"
    sent = web.ask("office", "POST", "/imports", data={"file": (io.BytesIO(lines.encode()), "档案.csv")})
    address = sent.headers["Location"]
    for step in ("columns", "apply"):
        assert web.ask("office", "POST", f"{address}/{step}").status_code == 302
