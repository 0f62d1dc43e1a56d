"""Setting a county up on the pages: template, preview, applying, slips, and the owner's first sign-in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import FirstSignIn, Household, RefusedAccess, Unit, User, Village
from reports.slips import workplace
from tests.setup.test_county_import import FIRST, Sheets, workbook
from tests.support.pages import Pages, open_pages, token
from workflow.actors import system
from workflow.county.context import county_context
from workflow.county.sign_ins import first_sign_ins


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path) as opened:
        yield opened


#: Without the sheet of units: the tests' county is played in a scheme file.
VILLAGES: Sheets = {"行政村": [["镇", "行政村", "贫困人口"], ["{town}", "新塘村", 88], ["没有此镇", "某村", 1]]}


def sheets(pages: Pages) -> Sheets:
    with pages.county.read() as session:
        village = session.scalars(select(Village).order_by(Village.id)).first()
        assert village is not None
        town = session.get_one(Unit, village.town_id).name
    return {
        name: [[town if cell == "{town}" else cell for cell in row] for row in rows] for name, rows in VILLAGES.items()
    }


def uploaded(pages: Pages, who: str, content: Sheets) -> Any:
    return pages.client(who).post(
        "/setup",
        data={"csrf_token": token(pages.client(who), "/password"), "file": (workbook(content), "county.xlsx")},
    )


def names(pages: Pages) -> set[str]:
    with pages.county.read() as session:
        return set(session.scalars(select(Village.name)))


def test_a_workbook_is_previewed_and_then_applied(pages: Pages) -> None:
    template = pages.get("office", "/setup/template.xlsx")
    assert template.data[:2] == b"PK"
    assert "/setup/template.xlsx" in pages.get("office", "/setup").text
    sent = uploaded(pages, "office", sheets(pages))
    assert sent.status_code == 302
    preview = pages.get("office", sent.location)
    assert "预览，尚未保存" in preview.text
    assert "工作表“行政村”第3行“镇”：" in preview.text
    assert "没有此镇" in preview.text
    assert "新塘村" not in names(pages)
    applied = pages.post("office", sent.location)
    assert "已导入" in applied.text
    assert "新塘村" in names(pages)
    again = pages.get("office", sent.location).text
    assert "没有改动" in again
    assert "导入另一份" in again
    # Kept for the person who uploaded it alone.
    assert pages.get("admin", sent.location).status_code == 404


def test_who_sets_nothing_up_is_refused_and_a_wrong_file_is_told_at_its_field(pages: Pages) -> None:
    for who in ("town", "water", "leaders", "inspectorate", "village"):
        assert pages.get(who, "/setup").status_code == 403
        assert pages.get(who, "/setup/template.xlsx").status_code == 403
    refused = uploaded(pages, "admin", {"别的": [["a"]]})
    assert refused.status_code == 422
    assert "单位、行政村、账号、岗位、包户" in refused.text
    assert pages.get("admin", "/setup/" + "0" * 64).status_code == 404
    assert pages.get("admin", "/setup/x").status_code == 404
    assert "由系统管理员导入" in pages.get("office", uploaded(pages, "office", {"账号": FIRST["账号"]}).location).text


def test_slips_are_printed_once_and_the_owner_sets_the_password(pages: Pages) -> None:
    with pages.county.write() as session:
        session.execute(update(User).where(User.name.in_(("water", "power"))).values(password_hash=None))
    pdf = pages.post("admin", "/users/slips")
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert pdf.headers["Cache-Control"] == "no-store"
    # A server sends no header with Chinese characters in it.
    assert pdf.headers["Content-Disposition"].isascii()
    with pages.county.read() as session:
        codes = session.scalars(select(FirstSignIn)).all()
        assert {session.get_one(User, row.user_id).name for row in codes} == {"water", "power"}
    for who in ("office", "town", "inspectorate"):
        assert pages.post(who, "/users/slips").status_code == 403
    with pages.county.write() as session:
        water = session.scalars(select(User).where(User.name == "water")).one()
        (slip,) = first_sign_ins.make(session, system(), pages.now, [water])
    stranger = pages.app.test_client()
    assert "/first-sign-in" in stranger.get("/sign-in").text
    page = {"csrf_token": token(stranger, "/first-sign-in")}
    short = stranger.post("/first-sign-in", data={**page, "code": slip.code, "new": "short", "again": "short"})
    assert (short.status_code, slip.code in short.text) == (422, True)
    differs = stranger.post("/first-sign-in", data={**page, "code": slip.code, "new": "long enough", "again": "other"})
    assert 'id="again-wrong"' in differs.text
    wrong = stranger.post(
        "/first-sign-in", data={**page, "code": "AAAAA", "new": "long enough", "again": "long enough"}
    )
    assert 'id="code-wrong"' in wrong.text
    with pages.county.read() as session:
        of_codes = select(RefusedAccess.times).where(RefusedAccess.kind == "code")
        assert session.scalars(of_codes).all() == [1]
    done = stranger.post(
        "/first-sign-in", data={**page, "code": slip.code, "new": "long enough", "again": "long enough"}
    )
    assert done.status_code == 302
    assert re.search("请用用户名water登录", stranger.get(done.location).text)
    assert pages.sign_in(pages.app.test_client(), "water", "long enough").status_code == 302
    again = stranger.post(
        "/first-sign-in", data={**page, "code": slip.code, "new": "long enough", "again": "long enough"}
    )
    assert again.status_code == 422


def test_a_slip_names_the_county_once(pages: Pages) -> None:
    with pages.county.read() as session:
        setting = county_context(session)
        villages = {row.id: row.name for row in session.scalars(select(Village))}
        places = {user.name: workplace(setting, user, villages) for user in session.scalars(select(User))}
    county = setting.scheme.county.name.zh
    assert places["admin"] == county
    assert [place for place in places.values() if place.count(county) != 1 or "县县" in place] == []


def test_a_slip_for_one_account_ends_the_one_before(pages: Pages) -> None:
    with pages.county.read() as session:
        town = session.scalars(select(User).where(User.name == "town")).one()
    for _ in range(2):
        assert pages.post("admin", "/users/slips", user=str(town.id)).mimetype == "application/pdf"
    with pages.county.read() as session:
        rows = session.scalars(select(FirstSignIn).order_by(FirstSignIn.id)).all()
        assert [row.ended_at is not None for row in rows] == [True, False]
    assert pages.post("admin", "/users/slips", user="999999").status_code in (302, 404)


def test_households_are_found_by_cadre_and_given_to_another(pages: Pages) -> None:
    with pages.county.read() as session:
        village = session.scalars(select(User).where(User.name == "village")).one()
        town = village.unit_id
    page = pages.get("office", "/cadres?sort=name").text
    assert "未指定" in page
    given = {"town": str(town), "name": "", "account": "", "to": "village"}
    assert pages.post("office", "/cadres", **{**given, "to": "far_village"}).status_code == 422
    assert pages.post("office", "/cadres", **{**given, "to": "nobody"}).status_code == 422
    assert pages.post("office", "/cadres", **given).status_code == 302
    with pages.county.read() as session:
        rows = session.execute(
            select(Household.cadre_id, Household.cadre_name)
            .join(Village, Village.id == Household.village_id)
            .where(Village.town_id == town)
        ).all()
    assert rows
    assert set(rows) == {(village.id, "village")}
    assert "village" in pages.get("town", "/cadres?q=vill").text
    # A town gives only its own, and nobody else any.
    assert (
        pages.post("other_town", "/cadres", **{**given, "name": "village", "account": str(village.id)}).status_code
        == 422
    )
    assert pages.post("office", "/cadres", **given).status_code == 422
    for who in ("water", "leaders", "village", "admin", "inspectorate"):
        assert pages.get(who, "/cadres").status_code == 403


def test_the_office_adds_a_unit_and_corrects_what_documents_call_one(pages: Pages) -> None:
    with pages.county.read() as session:
        unit = session.scalars(select(Unit).where(Unit.type == "bureau").order_by(Unit.position)).first()
        assert unit is not None
    assert unit.name in pages.get("office", f"/county-units?q={unit.name}&sort=name").text
    assert "暂无" in pages.get("admin", "/county-units?q=没有这样的单位").text
    added = {"name": "县退役军人局", "type": "bureau", "full_name": "", "mark": "华退役", "aliases": "退役军人局"}
    assert pages.post("office", "/county-units", **added).status_code == 302
    shown = pages.get("town", "/tickets").status_code
    assert (shown, "华退役" in pages.get("admin", "/county-units").text) == (200, True)
    near = {"name": "县退役军人", "type": "bureau", "full_name": "", "mark": "", "aliases": ""}
    asked = pages.post("office", "/county-units", **near)
    assert (asked.status_code, "县退役军人局" in asked.text, 'name="another"' in asked.text) == (422, True, True)
    assert pages.post("office", "/county-units", **near, another="1").status_code == 302
    taken = pages.post("office", "/county-units", **{**added, "name": "另一局"})
    assert (taken.status_code, "另一局" in taken.text) == (422, True)
    assert 'id="aliases-new-wrong"' in taken.text
    given = {"code": unit.code, "full_name": "某县某局全称", "mark": "", "aliases": ""}
    assert pages.post("office", "/county-units", **given).status_code == 302
    assert "某县某局全称" in pages.get("office", "/county-units").text
    assert pages.post("admin", "/county-units", **given).status_code in (403, 422)
    for who in ("town", "water", "village"):
        assert pages.get(who, "/county-units").status_code == 403


def test_the_office_finds_and_adds_villages(pages: Pages) -> None:
    with pages.county.read() as session:
        town = session.scalars(select(Unit).where(Unit.type == "town").order_by(Unit.position)).first()
        assert town is not None
    assert pages.post("office", "/villages/add", town=town.code, name="新村").status_code == 302
    found = pages.get("office", "/villages?q=新村&sort=people").text
    assert ("新村" in found, "town-b-v1" in found) == (True, False)
    assert "暂无" in pages.get("office", "/villages?q=没有").text
    near = {"town": town.code, "name": "上胡围"}
    assert pages.post("office", "/villages/add", town=town.code, name="上湖围").status_code == 302
    asked = pages.post("office", "/villages/add", **near)
    assert (asked.status_code, "上湖围" in asked.text, 'name="another"' in asked.text) == (422, True, True)
    assert pages.post("office", "/villages/add", **near, another="1").status_code == 302
    twice = pages.post("office", "/villages/add", town=town.code, name="新村")
    assert (twice.status_code, 'value="新村"' in twice.text) == (409, True)
    for who in ("town", "water", "inspectorate"):
        assert pages.post(who, "/villages/add", town=town.code, name="他村").status_code == 403


def test_an_applied_workbook_is_looked_at_and_undone_on_its_page(pages: Pages) -> None:
    before = names(pages)
    preview = uploaded(pages, "office", sheets(pages)).location
    applied = pages.client("office").post(preview, data={"csrf_token": token(pages.client("office"), preview)})
    address = re.search(r"/setup/books/\d+", applied.text)
    assert address is not None
    changed = pages.get("office", address[0]).text
    assert "county.xlsx" in changed
    assert "新塘村" in changed
    for page in ("/setup", "/imports", "/setup/books"):
        assert address[0] in pages.get("office", page).text
    assert pages.get("town", address[0]).status_code == 403
    assert pages.get("office", "/setup/books/999").status_code == 404
    undoing = f"{address[0]}/undo"
    assert "撤销1行" in pages.get("office", undoing).text
    assert names(pages) == before | {"新塘村"}

    def sent(reason: str) -> Any:
        client = pages.client("office")
        seen = re.search(r'name="seen" value="(\w+)"', pages.get("office", undoing).text)
        assert seen is not None
        form = {"csrf_token": token(client, undoing), "seen": seen[1], "reason": reason}
        return client.post(undoing, data=form)

    assert sent("").status_code == 422
    assert sent("邻县的工作簿，撤销后重新导入").status_code == 302
    with pages.county.read() as session:
        assert set(session.scalars(select(Village.name).where(Village.ended_on.is_(None)))) == before
    assert "没有可以撤销的内容" in pages.get("office", undoing).text
    assert "新塘村" not in pages.get("office", "/villages").text
