"""No data is no grade: an empty county has no ranking, what is missing leaves the mean and is said, duties count by pace."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import worker
from models import Ranking, SweepReport
from tests.support.command_line import Line as CommandLine
from tests.support.duties import LAST, at, duty, enter, finish, open_by, tickets
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, ON, figures, live_a_month, make_ranking, ranked_scheme, report
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.accountability import sweep_watch
from workflow.actors import system
from workflow.adoption import calendar_change
from workflow.adoption.holiday_notice import Change, Day
from workflow.adoption.scheme_storing import install
from workflow.assessment.ranking import figure_sources, rankings, snapshot
from workflow.county.context import county_context
from workflow.errors import Conflict, WrongState
from workflow.history import event_log
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme
from workflow.policy.worktime import SHANGHAI

DAY = date(2018, 12, 10)
CLOCK = datetime(2018, 12, 10, 17, 0, tzinfo=SHANGHAI)
HOMES = [
    {"code": "village", "name": {"zh": "村", "en": "village"}, "type": "village"},
    {"code": "households", "name": {"zh": "户", "en": "households"}, "type": "number"},
]


def test_an_empty_county_is_refused_with_the_reason(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = settle_county(engine, ranked_scheme(), households=0)
    with pytest.raises(WrongState) as refusal:
        make_ranking(county)
    assert refusal.value.code == "ranking_without_data"
    line = CommandLine(database_url, tmp_path)
    line.now = HOUR + timedelta(hours=1)
    assert "没有任何可用于对各镇排名的" in line.refusal("rank")
    with county.read() as session:
        assert session.scalars(select(Ranking)).all() == []


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_county_newly_set_up_under_a_shipped_scheme_has_nothing_to_rank(engine: Engine, path: Path) -> None:
    """The split of a quota in the scheme is no figure of any town (seen: 16 towns with 0 of 45, coverage 30 %)."""
    scheme = shipped_scheme(path)
    with Session(engine) as session, session.begin():
        install(session, scheme, 2026, datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI))
        with pytest.raises(WrongState) as refusal:
            rankings.make(session, None, datetime(2026, 11, 21, 9, 0, tzinfo=SHANGHAI), date(2026, 11, 20))
        assert refusal.value.code in ("ranking_without_data", "ranking_needs_plan")


def test_the_worker_counts_a_day_without_data_once_and_goes_on(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme(), households=0)
    assert worker.rank(engine, lambda: HOUR) == 0
    with county.read() as session:
        kept = session.scalars(select(SweepReport.result).where(SweepReport.job == "rankings")).one()
    assert [entry.split()[0] for entry in kept["refused"]] == ["2018-11-20", "2018-11-30"]
    # What comes in afterwards is ranked on the next day, and the two are not counted again.
    report(county, HOUR + timedelta(days=5), 90)
    with county.write() as session:
        sweep_watch.heartbeat(session, worker.name(), CLOCK, starting=True)
    assert worker.rank(engine, lambda: CLOCK) == 1
    with county.read() as session:
        assert session.scalars(select(Ranking.on)).all() == [DAY]


def test_what_is_missing_is_named_with_the_unit_that_owes_it(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    row = make_ranking(county)
    assert row.content["without_data"] == ["time", "told"]
    assert row.content["owed"] == [{"unit": "power", "measure": "told", "towns": ["town-a", "town-b"]}]
    assert {(line["place"], line["coverage"]) for line in row.content["county"]} == {(None, 37)}
    told = next(measure for measure in row.content["measures"] if measure["code"] == "told")
    assert {(line["of"], line["to"], line["score"], line["place"]) for line in told["towns"]} == {(0, 0, None, None)}


def paced_scheme(**measure: object) -> Scheme:
    duties = [
        duty(
            "special",
            ["towns"],
            "yearly",
            LAST,
            item=1,
            since="08-01",
            count={"target": 5, "unit": {"zh": "次", "en": "meetings"}, "once_per": ["month"], "pace": "months"},
        ),
        duty(
            "homes",
            ["towns"],
            "yearly",
            LAST,
            item=1,
            count={"of": "households", "unit": {"zh": "户", "en": "homes"}, "sum": "households", "fields": HOMES},
        ),
        duty("walk", ["towns"], "yearly", LAST, item=1, count={"of": "visited", "unit": {"zh": "户", "en": "homes"}}),
        duty("yearly", ["towns"], "yearly", LAST, item=1),
        duty(
            "shared",
            ["water", "power"],
            "yearly",
            LAST,
            item=1,
            count={"target": 20, "together": True, "unit": {"zh": "天", "en": "days"}},
        ),
    ]
    pace = {
        "item": 1,
        "name": {"zh": "进度", "en": "pace"},
        "of": ["entries.in_pace"],
        "to": ["entries.expected"],
    }
    told = ranked_scheme().model_dump(mode="json")
    told["duties"] = {"grace": 5, "list": duties}
    told["measures"] += [
        {"code": f"pace_{code}", **pace, "duties": [code], **measure} for code in ("special", "homes", "walk", "yearly")
    ]
    return Scheme.model_validate(told)


@pytest.fixture
def paced(engine: Engine) -> County:
    county = settle_county(engine, paced_scheme())
    open_by(county, at("2018-11-01"))
    return county


def test_a_yearly_duty_counts_by_what_ought_to_be_done_at_the_hour(paced: County) -> None:
    owed = tickets(paced)
    special, homes = owed["town-a", "special", "2018"], owed["town-a", "homes", "2018"]
    for day in ("2018-11-05", "2018-11-20", "2018-12-03"):
        enter(paced, "town", special, day)
    enter(paced, "town", homes, "2018-12-03", fields={"village": "town-a-v1", "households": "9"})
    row = make_ranking(paced, CLOCK, DAY)
    # Four of five months are over, two months have a meeting; nothing visited by town-b.
    assert figures(row, "pace_special") == {"town-a": (2, 4), "town-b": (0, 4)}
    # 2 of 3 households by 10 December, by working days rounded down; no village counts more than the three it has.
    assert figures(row, "pace_homes") == {"town-a": (2, 2), "town-b": (0, 2)}
    assert figures(row, "pace_walk") == {"town-a": (0, 2), "town-b": (0, 2)}
    # A report has no pace: nothing is owed of it before it is due.
    assert figures(row, "pace_yearly") == {"town-a": (0, 0), "town-b": (0, 0)}
    with paced.read() as session:
        row = session.get_one(Ranking, row.id)
        found = figure_sources.behind(session, paced.people["town"], row, "pace_special", "town-a")
        assert [(origin.keys, origin.count) for origin in found] == [((special.number,), 2), ((special.number,), 4)]


def test_a_pace_is_proved_after_entries_households_and_working_days_have_changed(paced: County) -> None:
    special = tickets(paced)["town-a", "special", "2018"]
    first = enter(paced, "town", special, "2018-11-05")
    published = make_ranking(paced, CLOCK, DAY)
    later = "2018-12-12"
    enter(paced, "town", special, "2018-11-06", later, corrects=first, reason="日期填错")
    enter(paced, "town", special, "2018-10-08", later)
    # A dozen working days of the year turn out to be free.
    with paced.write() as session:
        days = tuple(Day(date(2018, 10, day), False, "调休") for day in range(8, 20) if day not in (13, 14))
        calendar_change.apply(session, system(), at(later), Change("county", "", days))
    finish(paced, "town", tickets(paced)["town-a", "yearly", "2018"], at(later))
    with paced.read() as session:
        proof = rankings.recompute(session, session.get_one(Ranking, published.id))
        assert proof.differs == ()
        again = snapshot.worked_out(
            session, county_context(session), DAY, 1, CLOCK + timedelta(days=5), CLOCK, CLOCK + timedelta(days=5)
        )
    paced_yearly = next(measure for measure in again["measures"] if measure["code"] == "pace_yearly")
    assert [(line["of"], line["to"]) for line in paced_yearly["towns"]] == [(1, 1), (0, 0)]


@pytest.mark.parametrize("code", ["shared", "nothing"])
def test_a_duty_without_a_pace_of_its_own_is_no_measure(code: str) -> None:
    told = paced_scheme().model_dump(mode="json")
    told["measures"][-1]["duties"] = [code]
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(Scheme.model_validate(told).model_dump_json())
    wanted = {"shared": "entries_unpaced", "nothing": "kind_unknown"}[code]
    assert wanted in [problem.code for problem in refused.value.problems]


def test_a_ranking_of_the_first_formula_is_proved_and_corrected_under_it(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    live_a_month(county)
    report(county, HOUR - timedelta(days=2), 90)
    with county.write() as session:
        setting = county_context(session)
        content = snapshot.worked_out(session, setting, ON, 1, HOUR, HOUR, HOUR, formula=1)
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
        number = row.id
    # As it was published before: missing data at the benchmark of 90, and no word of coverage.
    assert content["county"] == [
        {"town": "town-b", "place": 1, "score": 5750},
        {"town": "town-a", "place": 2, "score": 5188},
    ]
    assert "formula_version" not in content
    with county.read() as session:
        assert rankings.recompute(session, session.get_one(Ranking, number)).holds
    report(county, HOUR + timedelta(hours=1), 96, "漏计")
    with county.write() as session:
        second = rankings.correct(session, county.people["office"], HOUR + timedelta(hours=2), ON, "更正")
        assert "formula_version" not in second.content
    with pytest.raises(Conflict), county.write() as session:
        rankings.correct(session, county.people["office"], HOUR + timedelta(hours=3), ON, "更正")
