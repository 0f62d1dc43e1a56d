"""Boards: figures agree with the lists, scores open into their rows, and each reader sees only their own units."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models import ExitDossier, Household, Ticket
from tests.support.duties import at, duty_county, finish, hand_in, open_by, tickets
from tests.support.factories import START, County, day, settle_county
from tests.support.http_clients import Api
from tests.support.rankings import HOUR, live_a_month, make_ranking, ranked_scheme, report
from workflow.accountability import sweep
from workflow.assessment import duty_status
from workflow.boards import board_figures, progress
from workflow.boards.scope import Scope, scope_of
from workflow.county.context import county_context
from workflow.errors import NotAllowed
from workflow.policy.scheme.model import Scheme
from workflow.tickets.views import listing


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    """A county that was ranked on 30 November, where one household has left the register this year."""
    county = settle_county(engine, ranked_scheme())
    live_a_month(county)
    report(county, START + timedelta(days=8), 90)
    make_ranking(county)
    with county.write() as session:
        homes = {row.code: row for row in session.scalars(select(Household))}
        for code, passed in (("A2", day(1)), ("B1", datetime(2017, 12, 31, 15, 59, tzinfo=UTC)), ("B2", day(1))):
            session.add(
                ExitDossier(
                    household_id=homes[code].id,
                    passed_at=passed,
                    content={},
                    passed_by_id=county.people["town"].user_id,
                    unit_id=county.units["town-a"],
                    hash="0" * 64,
                )
            )
        # B2 was taken back after its exit.
        homes["A2"].status = homes["B1"].status = "exited"
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR + timedelta(days=2)
    return api


def shown(api: Api, who: str, path: str = "/board", status: int = 200) -> str:
    answer = api.client.get(path, headers={"Authorization": f"Bearer {api.tokens[who]}"})
    assert answer.status_code == status, (who, path)
    # White space beside a tag is how the template breaks its lines.
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", answer.get_data(as_text=True))


def items(page: str) -> list[str]:
    """The items in the table of scores, by their numbers."""
    return re.findall(r'class="x-item">(\d+)<', page)


def test_scores_open_into_their_origin_and_nobody_sees_beyond_their_own(api: Api) -> None:
    api.file("other_town", "B3", "water")
    office = shown(api, "office")
    assert items(office) == ["1", "9", "10", "18"]
    cell = re.search(r'class="x-h(\d)"><a href="(/rankings/2018-11-30/items/9/town-a\?edition=1)"[^>]*>(\d+)<', office)
    assert cell is not None
    assert (cell[1], cell[3]) == ("0", "90")
    item = shown(api, "office", cell[2])
    origin = re.search(r'href="(/rankings/2018-11-30/told/town-a\?edition=1)">90 / 100<', item)
    assert origin is not None
    assert "参保系统" in shown(api, "office", origin[1])
    assert items(shown(api, "power")) == ["1", "9"], "those it ranks the towns on"
    for who in ("housing", "village"):
        assert items(shown(api, who)) == [], "its items bind no town; a village is not ranked"
    town = shown(api, "town")
    assert "11月30日" in town
    for other in ("乙镇", "town-b"):
        assert other in office
        assert other not in town
        assert other not in shown(api, "village")
    assert "x-one-page" in shown(api, "leaders")
    assert "x-one-page" in shown(api, "office", "/board?page=leaders")
    for who, path, status in (
        ("village", "/board?unit=town-a", 403),
        ("town", "/board?unit=water", 403),
        ("office", "/board?unit=nowhere", 422),
        ("office", "/board?unit=inspectorate", 422),
        ("office", "/rankings/2018-11-30/items/10/town-a", 404),
        ("office", "/rankings/2018-11-30/items/9/water", 404),
        ("admin", "/rankings/2018-11-30/items/9/town-a", 403),
    ):
        shown(api, who, path, status)
    board = api.call("office", "GET", "/board").json
    assert [(line["town"], line["items"]["9"]) for line in board["scores"]] == [("甲镇", 90.0), ("乙镇", 95.0)]
    ends = [(line["town"], line["coverage"], line["best"], line["worst"]) for line in board["scores"]]
    assert ends == [("甲镇", 100, 1, 1), ("乙镇", 62, 2, 2)]
    # Item 9 is one of four parts of the weight, and typed by the bureau.
    assert [line["own_word"] for line in board["scores"]] == [25, 25]
    assert re.search(r"自报暂计占比</th>\s*<td[^>]*>25%</td>\s*<td[^>]*>25%</td>", office)
    assert board["gate"] == [{"name": "甲镇", "planned": 3, "through": 1}, {"name": "乙镇", "planned": 2, "through": 0}]
    assert sum(line["open"] for line in board["holders"]) == board["open"] == 1
    assert api.call("town", "GET", "/board").json["unit"] == "甲镇"
    assert api.call("town", "GET", "/board?unit=town-b").status_code == 403
    assert "x-one-page" not in shown(api, "town", "/board?page=leaders"), "a town has no county to print"


def test_every_score_on_a_board_carries_its_coverage_and_the_places_it_could_still_take(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, ranked_scheme())
    live_a_month(county)
    # Nobody has reported the figure of item 9: both towns owe it.
    make_ranking(county)
    api = Api(county, database_url, tmp_path / "files")
    api.now = HOUR + timedelta(days=2)

    def row(page: str, called: str) -> list[str]:
        cells = re.search(rf'<th scope="row">{called}</th>((?:<td[^>]*>[^<]*</td>)*)', page)
        return re.findall(r">([^<]+)<", cells[1]) if cells else []

    for who, path, places, shares, open_places in (
        ("office", "/board", ["1", "–"], ["75%", "37%"], ["1–2", "1–2"]),
        ("leaders", "/board?page=leaders", ["1", "–"], ["75%", "37%"], ["1–2", "1–2"]),
        ("leaders", "/board?unit=town-b", ["–"], ["37%"], ["1–2"]),
    ):
        page = shown(api, who, path)
        told = [row(page, called) for called in ("名次", "已有数据占比", "可能名次")]
        assert told == [places, shares, open_places], path


def test_the_plan_is_who_is_about_to_leave_and_who_left_this_year(api: Api) -> None:
    with api.county.read() as session:
        setting = county_context(session)

        def gate(who: str, unit: str | None = None) -> list[tuple[str, int, int, int]]:
            scope = scope_of(session, api.county.people[who], setting, unit)
            return [(line.name, line.planned, line.through, line.share) for line in progress.gate(session, scope)]

        assert gate("office") == [("甲镇", 3, 1, 33), ("乙镇", 2, 0, 0)]
        assert gate("town") == [("town-a-v1村", 3, 1, 33)]
        assert gate("leaders", "town-b") == [("town-b-v1村", 2, 0, 0)]
        assert gate("village") == [("town-a-v1村", 3, 1, 33)]
        assert gate("other_village") == gate("water") == []
        with pytest.raises(NotAllowed):
            scope_of(session, api.county.people["admin"], setting)


def test_the_ladder_narrows_and_every_figure_agrees_with_the_tickets(engine: Engine) -> None:
    county = settle_county(engine)
    for number, (who, kind, since) in enumerate(
        (("town", "water", 0), ("town", "power", -9), ("other_town", "water", -25), ("village", "power", 0)), start=1
    ):
        county.file(who, f"{'B' if who == 'other_town' else 'A'}{number % 3 + 1}", kind, day(since))
    sweep.run(county.read, county.write, day(3))
    with county.read() as session:
        rows = session.scalars(select(Ticket)).all()
        setting = county_context(session)
        for unit in (None, "town-a", "water", "power", "office"):
            scope = Scope(setting, setting.by_code[unit] if unit else None)
            held = [row for row in rows if unit in (None, setting.unit(row.holder_unit_id or 0).code)]
            late = [row for row in held if row.due_at is not None and row.due_at < day(3)]
            hand = board_figures.in_hand(session, setting, scope.held(), day(3))
            assert (hand.waiting, hand.overdue) == (len(held), len(late)), unit
            steps = board_figures.ladder(session, scope)
            assert [step.rung for step in steps] == [1, 2, 3, 4, 5]
            reached = [step.reached for step in steps]
            assert reached == sorted(reached, reverse=True)
            assert reached[1] == len(late), "urged when due"
            assert all(sum(step.stands.values()) == step.reached for step in steps)
        whole = board_figures.ladder(session, Scope(setting))
        assert "missed" in whole[0].stands, "found late, with the lower rungs passed over"
        assert "proposed" in whole[3].stands
        near = board_figures.by_holder(session, Scope(setting, setting.by_code["town-a"]), day(3))
        assert Counter({setting.unit(tally.id).code: tally.open for tally in near}) == Counter(
            setting.unit(row.holder_unit_id or 0).code for row in rows if row.town_id == county.units["town-a"]
        )


def test_duties_by_month_agree_with_how_they_stand(engine: Engine) -> None:
    county: County = duty_county(engine)
    open_by(county, at("2018-11-01"))
    rows = tickets(county)
    finish(county, "water", rows["water", "report", "2018-11"], at("2018-11-20"), form={"cases": "3"})
    hand_in(county, "power", rows["power", "paid", "2018"], at("2018-12-03"))
    open_by(county, at("2018-12-05"))
    now = at("2018-12-11")
    with county.read() as session:
        setting = county_context(session)
        for unit in (None, "water", "power", "town-a"):
            unit_id = county.units[unit] if unit else None
            lines = [line for line in duty_status.lines(session, setting, now, unit_id) if not line.cancelled]
            months = progress.duties(session, Scope(setting, setting.by_code[unit] if unit else None), now)
            handed = [line for line in lines if not line.owed]
            sums = Counter(
                {name: sum(getattr(m, name) for m in months) for name in ("on_time", "late", "overdue", "all")}
            )
            assert sums == Counter(
                on_time=sum(not line.late for line in handed),
                late=sum(line.late for line in handed),
                overdue=sum(line.late for line in lines if line.owed),
                all=len(lines),
            )
        water = {
            month.month: month for month in progress.duties(session, Scope(setting, setting.by_code["water"]), now)
        }
        assert (water[11].overdue, water[12].on_time, water[12].ahead > 0) == (2, 1, True), (
            "the report of October and what was to be paid"
        )
        power = {
            month.month: month for month in progress.duties(session, Scope(setting, setting.by_code["power"]), now)
        }
        assert power[11].late == 1


def test_the_reports_of_a_ranking_day_are_duties_on_tile_page_chart_and_list_alike(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    told = ranked_scheme().model_dump(mode="json")
    told["duties"]["list"] = [
        {
            "code": "report",
            "name": {"zh": "书面汇报", "en": "report"},
            "item": None,
            "units": ["water", "power", "housing", "office"],
            "period": "ranking",
            "due": {"by": "report"},
            "evidence": {"zh": "书面汇报", "en": "report"},
        }
    ]
    county = settle_county(engine, Scheme.model_validate(told))
    make_ranking(county)
    api = Api(county, database_url, tmp_path / "files")
    # Due on Monday noon; nobody has handed in by Wednesday.
    api.now = HOUR + timedelta(days=5)
    pages = [shown(api, "leaders"), shown(api, "office", "/board?page=leaders"), shown(api, "office", "/duties")]
    for page in pages:
        tile = re.search(
            r'href="(/duties\?which=overdue)"><strong class="x-bad" data-figure="duties.overdue">(\d+)<', page
        )
        assert tile is not None
        assert tile[2] == "4"
        assert shown(api, "office", tile[1]).count('class="x-row') == 4
    # The chart is drawn from the table in the page.
    cell = re.search(r'data-figure="duties.overdue" href="(/duties\?which=overdue&amp;month=12)">(\d+)<', pages[1])
    assert cell is not None
    assert cell[2] == "4"
    assert shown(api, "office", cell[1].replace("&amp;", "&")).count('class="x-row') == 4
    own = shown(api, "water")
    assert 'data-figure="duties.overdue" href="/duties?which=overdue&amp;month=12">1<' in own
    assert shown(api, "water", "/duties?which=overdue&month=12").count('class="x-row') == 1
    shown(api, "office", "/duties?which=nothing", 422)


def test_what_a_town_holds_itself_opens_with_its_duties(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    api = Api(county, database_url, tmp_path / "files")
    api.now = at("2018-11-05")
    county.file("village", at=at("2018-11-05"))
    page = shown(api, "town")
    own = re.search(r'data-figure="tickets.by_holder" href="(/tickets\?owner=town-a)">(\d+)<', page)
    inside = re.search(r'href="(/tickets\?town=town-a)"><strong class="" data-figure="tickets.by_town">(\d+)<', page)
    assert own is not None
    assert inside is not None
    assert int(own[2]) > int(inside[2]) == 1, "duties have no town"
    for found in (own, inside):
        assert shown(api, "town", found[1]).count('class="x-row') == int(found[2])


def test_a_village_that_names_its_town_as_holder_lists_its_own_tickets_only(engine: Engine) -> None:
    county = settle_county(engine)
    county.file("village")
    with county.read() as session:
        for who, count in (("village", 1), ("other_village", 0), ("far_village", 0)):
            page = listing.list_tickets(session, county.people[who], day(0), listing.Filters(owner="town-a"))
            assert len(page.items) == count, who
