"""Villages, their incomes and the quota's houses are rows: entered through their doors, counted, proved, and found when
altered."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from models import Household, QuotaHouse, Ranking
from tests.support.duties import LAST, at, duty, enter, open_by, tickets
from tests.support.factories import County, settle_county, words
from tests.support.quota import confirm_all
from tests.support.rankings import HOUR, ON, figures, make_ranking, ranked_scheme
from workflow.assessment import reported_figures
from workflow.assessment.facts import awaited_rows
from workflow.assessment.facts.known_facts import Known
from workflow.assessment.figure_bounds import Line
from workflow.assessment.ranking import figure_sources, rankings, snapshot
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.policy.scheme.model import Scheme
from workflow.register.counted import quota, quota_history, village_history, village_surveys, villages
from workflow.register.counted.villages import Description
from workflow.tickets.actions import duty_progress
from workflow.verification.full_check import verify

VILLAGE = {"code": "village", "name": words("村"), "type": "village"}
MEASURES = {
    "income": ("villages.reached", "villages.surveyed"),
    "built": ("quota.finished", "quota.target"),
    "paid": ("quota.paid", "quota.target"),
}
DAY = datetime(2018, 11, 26, 9, 0).astimezone()
V1, V2, B1 = "town-a-v1", "town-a-v2", "town-b-v1"


def rows_scheme() -> Scheme:
    visits = {"unit": words("村"), "once_per": ["village"], "fields": [VILLAGE]}
    content = ranked_scheme().model_dump(mode="json")
    content["duties"] = {
        "list": [
            duty(
                "houses",
                ["towns"],
                "yearly",
                {"by": "date", "date": "12-20"},
                item=10,
                guided_by="housing",
                count={
                    "target": 5,
                    "together": True,
                    "split": {"town-a": 2, "town-b": 3},
                    "of": "quota",
                    "unit": words("户"),
                },
            ),
            duty("listed", ["poverty"], "yearly", LAST, item=1, count=visits | {"target": 3, "villages": "listed"}),
            duty(
                "hard", ["poverty"], "yearly", LAST, item=1, count=visits | {"of": "hard_villages", "villages": "hard"}
            ),
        ]
    }
    content["measures"] = [
        {"code": code, "name": words(code), "item": 10, "of": [of], "to": [to]} for code, (of, to) in MEASURES.items()
    ]
    content["county_measures"] = [
        {
            "code": "visits",
            "name": words("遍访"),
            "item": 1,
            "of": ["entries.done"],
            "to": ["entries.target"],
            "duties": ["listed"],
        }
    ]
    content["exit"]["income"] = {
        "have": "water",
        "percent": 45,
        "averages": [{"year": 2018, "yuan": 10000, "source": words("例"), "example": True}],
    }
    content["village_income"] = {"percent": 60, "by": "poverty"}
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, rows_scheme())
    open_by(county, at("2018-11-01"))
    return county


def describe(county: County, moment: datetime = DAY, reason: str = "", **given: tuple[bool, int | None]) -> int:
    wanted = {code.replace("_", "-"): Description(*facts) for code, facts in given.items()}
    with county.write() as session:
        return villages.describe(session, county.people["office"], moment, wanted, reason)


def list_all(county: County, moment: datetime = DAY) -> None:
    describe(county, moment, town_a_v1=(True, 100), town_a_v2=(False, 90), town_b_v1=(True, 80), town_b_v2=(False, 10))


def survey(county: County, moment: datetime = DAY, reason: str = "", **yuan: int) -> int:
    incomes = {code.replace("_", "-"): fen * 100 for code, fen in yuan.items()}
    with county.write() as session:
        setting = county_context(session)
        return village_surveys.record(session, county.people["poverty"], setting, moment, incomes, "入户调查", reason)


def add(county: County, *codes: str, who: str = "town", moment: datetime = DAY) -> int:
    with county.write() as session:
        return quota.add(session, county.people[who], county_context(session), moment, codes).made


def settle(
    county: County, code: str, paid: str = "", finished: str = "", reason: str = "", moment: datetime = DAY
) -> int:
    days = {
        "paid_on": date.fromisoformat(paid) if paid else None,
        "finished_on": date.fromisoformat(finished) if finished else None,
    }
    with county.write() as session:
        return quota.settle(session, county.people["town"], county_context(session), moment, {code: days}, reason)


def confirm(county: County, moment: datetime = DAY) -> int:
    with county.write() as session:
        return confirm_all(session, county.people["housing"], county_context(session), moment)


def proved(county: County, row: Ranking) -> bool:
    with county.read() as session:
        return rankings.recompute(session, row).holds


def found(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def test_only_the_office_says_which_villages_are_listed_and_every_change_is_history(county: County) -> None:
    list_all(county)
    assert describe(county, DAY, "2018年度动态调整", town_a_v1=(True, 100), town_a_v2=(False, 91)) == 1
    assert found(county) == []
    for who in ("town", "poverty", "leaders", "inspectorate"):
        with pytest.raises(NotAllowed), county.write() as session:
            villages.describe(session, county.people[who], DAY, {V1: Description(True, 1)})
    with pytest.raises(BadInput) as refusal:
        describe(county, town_a_v1=(True, 100_001))
    assert refusal.value.params["box"] == "people-town-a-v1"


@pytest.mark.parametrize(
    ("facts", "box"),
    [((False, 100), "listed"), ((True, None), "people"), ((True, 99), "people"), ((True, 101), "people")],
)
def test_what_is_on_record_of_a_village_changes_only_with_its_reason(
    county: County, facts: tuple[bool, int | None], box: str
) -> None:
    """Seen: a village struck off the list, and its poor people cleared, without a word."""
    list_all(county)
    for nothing in ("", "无", "1"):
        with pytest.raises(BadInput) as refusal:
            describe(county, DAY, nothing, town_a_v1=facts)
        assert refusal.value.field == "reason"
        if nothing != "1":
            assert refusal.value.params["box"] == f"{box}-town-a-v1"
    assert describe(county, DAY, "省名单调整", town_a_v1=facts) == 1
    with county.read() as session:
        ids = [line.village.id for line in villages.listed(session, county.people["office"])]
        changes = village_history.changes(session, ids)
    assert [(c.village.code, c.reason, (c.listed_before, c.people_before), (c.listed, c.people)) for c in changes] == [
        (V1, "省名单调整", (True, 100), facts)
    ]
    assert found(county) == []


def test_what_is_only_added_needs_no_reason(county: County) -> None:
    assert describe(county, town_a_v1=(False, None)) == 0
    assert describe(county, town_a_v1=(True, None)) == 1
    assert describe(county, town_a_v1=(True, 5)) == 1


def test_hard_pressed_are_the_unlisted_of_the_top_third_by_poor_people(county: County) -> None:
    list_all(county)
    with county.read() as session:
        lines = villages.listed(session, county.people["office"])
        assert [line.village.code for line in lines if line.hard] == [V2]
        assert [line.village.code for line in villages.listed(session, county.people["town"])] == [V1, V2]


@pytest.mark.parametrize(("code", "villages_of", "refused"), [("listed", (V1, B1), V2), ("hard", (V2,), V1)])
def test_item_4_counts_only_villages_that_are_such(
    county: County, code: str, villages_of: tuple[str, ...], refused: str
) -> None:
    list_all(county)
    ticket = tickets(county)["poverty", code, "2018"]
    for village in villages_of:
        enter(county, "poverty", ticket, "2018-11-26", fields={"village": village})
    with pytest.raises(BadInput) as refusal:
        enter(county, "poverty", ticket, "2018-11-26", fields={"village": refused})
    assert (refusal.value.code, refusal.value.field) == (f"village_not_{code}", "fields.village")
    with county.read() as session:
        counted = duty_progress.counted(session, county_context(session), ticket)
    assert counted is not None
    assert (counted.done, counted.target) == (len(villages_of), {"listed": 3, "hard": 1}[code])


def test_a_village_struck_off_the_list_counts_no_more_and_the_past_is_proved(county: County) -> None:
    list_all(county)
    ticket = tickets(county)["poverty", "listed", "2018"]
    enter(county, "poverty", ticket, "2018-11-26", "2018-11-26", fields={"village": V1})
    survey(county, town_a_v1=6000, town_b_v1=5999)
    row = make_ranking(county)
    assert [(line["of"], line["to"]) for line in row.content["of_county"]] == [(1, 3)]
    assert figures(row, "income") == {"town-a": (1, 1), "town-b": (0, 1)}
    describe(county, HOUR + timedelta(days=1), "省名单调整", town_a_v1=(False, 100))
    assert proved(county, row)
    later = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    assert [(line["of"], line["to"]) for line in later.content["of_county"]] == [(0, 3)]
    assert figures(later, "income")["town-a"] == (0, 0)


def test_leaving_out_a_poor_village_earns_nothing_until_all_incomes_of_the_town_are_there(county: County) -> None:
    describe(county, town_a_v1=(True, 100), town_a_v2=(True, 90), town_b_v1=(True, 80), town_b_v2=(False, 10))
    survey(county, town_a_v1=6000, town_b_v1=5999)
    row = make_ranking(county)
    assert figures(row, "income") == {"town-a": (0, 0), "town-b": (0, 1)}
    owed = [entry for entry in row.content["owed"] if entry["measure"] == "income"]
    assert owed == [{"unit": "poverty", "measure": "income", "towns": ["town-a"]}]
    # Whatever the missing income turns out to be, the town's place stays within its printed range.
    before = {line["town"]: (line["best"], line["worst"]) for line in row.content["county"]}
    survey(county, HOUR + timedelta(days=1), town_a_v2=1)
    later = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    assert figures(later, "income")["town-a"] == (1, 2)
    for line in later.content["county"]:
        best, worst = before[line["town"]]
        assert line["place"] is None or best <= line["place"] <= worst


def test_a_town_that_has_listed_no_house_of_its_share_has_no_figure_and_the_guiding_bureau_owes_it(
    county: County,
) -> None:
    add(county, "A1")
    row = make_ranking(county)
    assert figures(row, "built") == {"town-a": (0, 2), "town-b": (0, 0)}
    assert {"unit": "housing", "measure": "built", "towns": ["town-b"]} in row.content["owed"]
    assert proved(county, row)


def test_a_ranking_of_version_2_awaits_nothing(county: County) -> None:
    list_all(county)
    with county.read() as session:
        setting = county_context(session)
        before = snapshot.figures_of(session, setting, ON, HOUR, HOUR, formula=2)
        now = snapshot.figures_of(session, setting, ON, HOUR, HOUR)
    assert (before["formula_version"], now["formula_version"]) == (2, 7)
    assert before["owed"] == []
    assert {entry["measure"] for entry in now["owed"]} == {"income", "built", "paid"}


def ranges(content: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    return {line["town"]: (line["best"], line["worst"]) for line in content["county"]}


def test_incomes_that_are_there_narrow_the_range_of_a_town_since_version_4(county: County) -> None:
    """Town A has one income above the standard and one missing, so at least half; town B has one of one below it."""
    describe(county, town_a_v1=(True, 100), town_a_v2=(True, 90), town_b_v1=(True, 80), town_b_v2=(False, 10))
    survey(county, town_a_v1=6000, town_b_v1=5999)
    add(county, "A1")
    add(county, "B1", who="housing")
    with county.read() as session:
        setting = county_context(session)
        known = Known(session, setting, HOUR)
        assert awaited_rows.awaited(known, 4)["income"] == {"town-a": ((1, 2), (2, 2))}
        assert awaited_rows.awaited(known, 3)["income"] == {"town-a": None}
        wide = snapshot.figures_of(session, setting, ON, HOUR, HOUR, formula=3)
    row = make_ranking(county)
    assert (wide["formula_version"], row.content["formula_version"]) == (3, 7)
    # Town B could have been level with an income of town A at nothing, and cannot any more.
    assert ranges(wide) == {"town-a": (1, 1), "town-b": (1, 2)}
    assert ranges(row.content) == {"town-a": (1, 1), "town-b": (2, 2)}


def test_in_a_year_without_an_average_the_office_owes_it_and_no_village_reaches_anything(engine: Engine) -> None:
    """Since version 4: the unit that enters incomes cannot help it, and the page says what is missing."""
    content = rows_scheme().model_dump(mode="json")
    content["exit"]["income"]["averages"][0]["year"] = 2017
    county = settle_county(engine, Scheme.model_validate(content))
    list_all(county)
    assert survey(county, town_a_v1=6000, town_b_v1=5999) == 2
    for formula, unit in ((4, "office"), (3, "poverty")):
        with county.read() as session:
            content = snapshot.figures_of(session, county_context(session), ON, HOUR, HOUR, formula=formula)
        assert [entry for entry in content["owed"] if entry["measure"] == "income"] == [
            {"unit": unit, "measure": "income", "towns": ["town-a", "town-b"]}
        ]
        assert "income" in content["without_data"]


@pytest.mark.parametrize("formula", [2, 3, 4])
def test_a_ranking_of_an_earlier_version_is_proved_and_corrected_under_it(county: County, formula: int) -> None:
    """Published by the program of that time, with incomes missing; read, proved and corrected by today's."""
    describe(county, town_a_v1=(True, 100), town_a_v2=(True, 90), town_b_v1=(True, 80), town_b_v2=(False, 10))
    survey(county, town_a_v1=6000, town_b_v1=5999)
    # Until version 4 a day of a house counted without the confirmation of another unit.
    add(county, "A1")
    settle(county, "A1", "2018-11-20", "2018-11-25")
    with county.write() as session:
        setting = county_context(session)
        content = snapshot.worked_out(session, setting, ON, 1, HOUR, HOUR, HOUR, formula=formula)
        row = Ranking(
            on=ON,
            edition=1,
            scheme_version_id=setting.scheme_version_id,
            as_of=HOUR,
            known_at=HOUR,
            made_at=HOUR,
            content=content,
            hash=event_log.digest(event_log.canonical(content)),
        )
        session.add(row)
        session.flush()
        session.expunge(row)
    assert content["formula_version"] == formula
    assert proved(county, row)
    later = HOUR + timedelta(days=1)
    survey(county, later, town_a_v2=1)
    with county.write() as session:
        again = rankings.correct(session, county.people["office"], later, ON, "补报两村收入")
    assert again.content["formula_version"] == formula
    assert (figures(again, "income")["town-a"], figures(again, "built")["town-a"]) == ((1, 2), (1, 2))
    assert proved(county, again)


def test_whether_a_village_reaches_sixty_per_cent_is_computed_from_its_income(county: County) -> None:
    list_all(county)
    assert survey(county, town_a_v1=6000, town_b_v1=5999) == 2
    with county.read() as session:
        lines = village_surveys.listed(session, county.people["poverty"], county_context(session), 2018)
    assert [(line.village.code, line.reached) for line in lines] == [(V1, True), (B1, False)]


def test_a_surveyed_income_is_corrected_with_a_reason_and_an_edition_takes_it_up(county: County) -> None:
    list_all(county)
    survey(county, town_a_v1=6000, town_b_v1=5999)
    row = make_ranking(county)
    later = HOUR + timedelta(days=1)
    assert survey(county, later, town_b_v1=5999) == 0
    with pytest.raises(BadInput) as refusal:
        survey(county, later, town_b_v1=6100)
    assert refusal.value.code == "figure_corrected_why"
    survey(county, later, "录入错误", town_b_v1=6100)
    assert proved(county, row)
    with county.write() as session:
        again = rankings.correct(session, county.people["office"], later, ON, "收入更正")
    assert figures(again, "income")["town-b"] == (1, 1)
    assert proved(county, again)
    assert found(county) == []


@pytest.mark.parametrize(
    ("village", "yuan", "code"), [("town_a_v2", 6000, "village_not_listed"), ("town_a_v1", 0, "survey_income")]
)
def test_an_income_is_of_a_listed_village_and_more_than_nothing(
    county: County, village: str, yuan: int, code: str
) -> None:
    list_all(county)
    with pytest.raises(BadInput) as refusal:
        survey(county, DAY, "", **{village: yuan})
    assert refusal.value.code == code
    assert str(refusal.value.params["box"]).startswith("income-town-a-v")


def test_the_quota_is_a_list_of_households_and_the_duty_and_the_ranking_count_it(county: County) -> None:
    assert add(county, "A1", "A2", "A1") == 2
    assert add(county, "B1", who="housing") == 1
    assert settle(county, "A1", "2018-11-20", "2018-11-25") == 1
    assert settle(county, "A2", "2018-11-20") == 1
    assert confirm(county) == 2
    row = make_ranking(county)
    assert figures(row, "built") == {"town-a": (1, 2), "town-b": (0, 3)}
    assert figures(row, "paid") == {"town-a": (2, 2), "town-b": (0, 3)}
    with county.read() as session:
        setting = county_context(session)
        ticket = tickets(county)["town-a", "houses", "2018"]
        counted = duty_progress.counted(session, setting, ticket)
        assert counted is not None
        assert (counted.done, counted.target) == (1, 2)
        behind = figure_sources.behind(session, county.people["town"], row, "paid", "town-a")
        assert [(origin.keys, origin.count) for origin in behind] == [(("A1", "A2"), 2), ((), 2)]
    later = HOUR + timedelta(days=1)
    settle(county, "A2", "2018-11-20", "2018-12-01", moment=later)
    confirm(county, later)
    with county.write() as session:
        quota.drop(session, county.people["town"], county_context(session), later, "A1", "重复列入")
    assert proved(county, row)
    assert figures(make_ranking(county, later + timedelta(days=9), ON + timedelta(days=10)), "built")["town-a"] == (
        1,
        2,
    )
    assert found(county) == []


def test_a_house_counts_with_the_duty_only_when_finished_and_paid(county: County) -> None:
    add(county, "A1")
    settle(county, "A1", "", "2018-11-25", "资金未到位，农户先行垫付")
    confirm(county)
    with county.read() as session:
        counted = duty_progress.counted(session, county_context(session), tickets(county)["town-a", "houses", "2018"])
    assert counted is not None
    assert counted.done == 0


@pytest.mark.parametrize(
    ("before", "after", "code", "box"),
    [
        (("", ""), ("", "2018-11-25"), "quota_unpaid_why", "paid_on-A1"),
        (("", ""), ("2018-11-25", "2018-11-20"), "quota_order_why", "finished_on-A1"),
        (("2018-11-20", ""), ("", ""), "quota_changed_why", "paid_on-A1"),
        (("2018-11-20", ""), ("2018-11-21", ""), "quota_changed_why", "paid_on-A1"),
        (("2018-11-20", "2018-11-25"), ("2018-11-20", ""), "quota_changed_why", "finished_on-A1"),
    ],
)
def test_the_money_comes_first_and_what_is_on_record_changes_only_with_its_reason(
    county: County, before: tuple[str, str], after: tuple[str, str], code: str, box: str
) -> None:
    """Seen: finished without any money, and a cleared day of payment, went through without a word."""
    add(county, "A1")
    settle(county, "A1", *before)
    for nothing in ("", "  ", "无"):
        with pytest.raises(BadInput) as refusal:
            settle(county, "A1", *after, nothing)
        assert (refusal.value.code, refusal.value.field, refusal.value.params["box"]) == (code, "reason", box)
    assert settle(county, "A1", *after, "录入错误") == 1
    with county.read() as session:
        row = session.scalars(select(QuotaHouse)).one()
        assert [day.isoformat() if day else "" for day in (row.paid_on, row.finished_on)] == list(after)
        assert quota_history.changes(session, row.household_id, False)[0].reason == "录入错误"
        assert {line.reason for line in quota_history.changes(session, row.household_id, True)} == {""}
    assert found(county) == []


def test_a_house_of_a_household_that_is_gone_hinders_nobody_and_may_be_taken_off(county: County) -> None:
    """Seen: one household whose last member had died, and the town could save none of its houses."""
    add(county, "A1", "A2")
    settle(county, "A1", "2018-11-20")
    with county.write() as session:
        session.execute(update(Household).where(Household.code == "A1").values(status="cleared"))
    with county.write() as session:
        days = {
            "A1": {"paid_on": date(2018, 11, 20), "finished_on": None},
            "A2": {"paid_on": date(2018, 11, 21), "finished_on": None},
        }
        assert quota.settle(session, county.people["town"], county_context(session), HOUR, days) == 1
        quota.drop(session, county.people["town"], county_context(session), HOUR, "A1", "该户已清退，不再列入任务")
        with pytest.raises(BadInput, match="household_not_there"):
            quota.add(session, county.people["town"], county_context(session), HOUR, ["A1"])


def test_a_household_on_the_list_is_not_put_on_it_again(county: County) -> None:
    add(county, "A1")
    with pytest.raises(BadInput) as refusal:
        add(county, "A1")
    assert (refusal.value.code, refusal.value.field, refusal.value.params["code"]) == ("quota_listed", "codes", "A1")
    with county.write() as session:
        added = quota.add(session, county.people["town"], county_context(session), DAY, ["A1", "A2"])
    assert (added.made, added.already) == (1, ("A1",))


def test_no_town_lists_more_houses_than_its_share_nor_anothers(county: County) -> None:
    with pytest.raises(BadInput) as refusal:
        add(county, "A1", "A2", "A3")
    assert (refusal.value.code, refusal.value.params["most"]) == ("quota_full", 2)
    with pytest.raises(BadInput) as refusal:
        add(county, "B1")
    assert refusal.value.code == "household_not_there"
    for who in ("power", "leaders", "village"):
        with pytest.raises(NotAllowed):
            add(county, "A1", who=who)


@pytest.mark.parametrize("finished", ["2018-11-27", "2016-12-31"])
def test_a_house_is_finished_on_a_day_that_has_been(county: County, finished: str) -> None:
    add(county, "A1")
    with pytest.raises(BadInput) as refusal:
        settle(county, "A1", "", finished)
    assert (refusal.value.code, refusal.value.params["box"]) == ("quota_day", "finished_on-A1")


@pytest.mark.parametrize("code", ["income", "built", "paid"])
def test_villages_and_houses_cannot_be_typed_any_more(county: County, code: str) -> None:
    """Seen accepted: 999,000 of 1,000,000 listed villages, 9,000 of 9,000 houses against a share of 45."""
    with county.write() as session, pytest.raises(BadInput) as refusal:
        reported_figures.report(
            session,
            county.people["poverty"],
            county_context(session),
            DAY,
            code,
            DAY.date(),
            [Line("甲镇", 9000, 9000)],
            "x",
            {},
        )
    kept = {"income": "villages"}.get(code, "quota")
    assert (refusal.value.code, refusal.value.field) == ("counted_from_rows", "measure")
    assert refusal.value.params["kept"] == kept


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE village SET poor_people = 7 WHERE code = 'town-a-v1'", ["village_differs"]),
        ("UPDATE village SET listed_poor = false WHERE code = 'town-a-v1'", ["village_differs"]),
        ("UPDATE quota_house SET dropped = true", ["quota_house_differs"]),
        ("DELETE FROM quota_house", ["quota_house_differs"]),
        (
            "INSERT INTO quota_house (household_id, year, dropped) SELECT max(id), 2018, false FROM household",
            ["quota_house_differs"],
        ),
        (
            "INSERT INTO village_survey (village_id, year, income_fen, source, unit_id, by_id, at, reason)"
            " SELECT max(village_id), 2017, 700000, 'x', max(unit_id), max(by_id), max(at), '' FROM village_survey",
            ["row_unrecorded", "village_survey_differs"],
        ),
    ],
)
def test_a_row_altered_inserted_or_deleted_beside_its_door_is_found(
    county: County, statement: str, codes: list[str]
) -> None:
    list_all(county)
    survey(county, town_a_v1=6000)
    add(county, "A1")
    assert found(county) == []
    with county.engine.begin() as connection:
        connection.execute(text(statement))
    assert sorted(found(county)) == codes
