"""The figures of the notice in a real ranking: what breaks one is taken by its door, and counts as not reached.

Each county is ranked twice, once with every figure as the notice asks and once with every figure broken; the counts are
written down.  What a door refuses is in `test_items_broken`; measures of tickets and random checks have tests of their own.
"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.broken_figures import BrokenFigures
from tests.support.duties import at
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty
from workflow.assessment import duty_status
from workflow.boards import progress
from workflow.boards.scope import Scope

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}

#: The people of one household by what they are there for, and what breaks a figure.
PEOPLE: dict[str, dict[str, Any]] = {
    "pupil": {"born_on": date(2008, 1, 1), "schooling": "小学", "insured": True},
    "beyond_help": {
        "born_on": date(1980, 1, 1),
        "labour": "none",
        "beyond_help": True,
        "allowance": True,
        "insured": True,
        "pension": True,
    },
}
BROKEN = {
    "pupil": {"schooling": "小学辍学", "insured": False},
    "beyond_help": {"allowance": False, "insured": False, "pension": False},
}


#: By measure of the notice, what is counted with every figure kept and with every figure broken; the item of each follows
#: from the scheme.  A share at its threshold is full: 98 of 100 identified (17), 92 of 100 yuan spent (16).
NOTICE = {
    "haves_met": ((2, 2), (0, 2)),
    "housing_met": ((2, 2), (0, 2)),
    "water_met": ((2, 2), (0, 2)),
    "electricity_met": ((2, 2), (0, 2)),
    "tv_met": ((2, 2), (0, 2)),
    "network_met": ((2, 2), (0, 2)),
    "education_met": ((2, 2), (0, 2)),
    "medical_met": ((2, 2), (0, 2)),
    "income_met": ((2, 2), (0, 2)),
    "able_earning": ((1, 1), (0, 1)),
    "visited": ((3, 3), (2, 3)),
    "village_income": ((1, 1), (0, 1)),
    "heads_duties": ((4, 4), (0, 4)),
    "county_study_days": ((2, 20), (0, 20)),
    "county_meetings": ((5, 5), (0, 5)),
    "visit_duties": ((4, 4), (2, 4)),
    "county_visits": ((1, 92), (0, 92)),
    "joint_meetings": ((1, 1), (0, 1)),
    "enrolment": ((1, 1), (0, 1)),
    "allowance_cover": ((1, 1), (0, 1)),
    "unable_covered": ((1, 1), (0, 1)),
    "aid_paid": ((8000, 10000), (7900, 10000)),
    "insured": ((3, 3), (0, 3)),
    "pension": ((2, 2), (0, 2)),
    "quota_finished": ((1, 45), (0, 45)),
    "subsidy_paid": ((1, 45), (0, 45)),
    "contracts": ((10, 10), (9, 10)),
    "trained": ((100, 100), (99, 100)),
    # One secretary for each village of the county.
    "secretaries_trained": ((323, 323), (0, 323)),
    "party_duties": ((1, 1), (0, 1)),
    "funds_paid": ((2, 2), (1, 2)),
    "funds_duties": ((1, 1), (0, 1)),
    "funds_published": ((100, 100), (99, 100)),
    "funds_used": ((92, 100), (91, 100)),
    "identified": ((98, 100), (97, 100)),
    "files_good": ((100, 100), (99, 100)),
}
#: Of random checks and of tickets' times and closings, which are no figures of the notice.
ELSEWHERE = {
    "checks_held",
    "haves_on_time",
    "haves_kept",
    "allowances_on_time",
    "security_on_time",
    "houses_on_time",
    "projects_on_time",
    "work_on_time",
    "identified_on_time",
    "files_on_time",
}
#: Item 6 asks for four papers: that of the towns is due on the last working day, and the ranking after it counts it.  Those
#: of departments and of the leading group are no town's and rank none: the board and the list of duties show what is owed.
#: A paper that says nothing is refused (`test_items_broken`), so that what breaks the item is a paper that is missing.
PAPERS = {"yearly_report": "reports_in_time", "analysis": None, "summary": None, "circular": None}
#: Where each item's broken figure is seen.  Items 3, 4, 13 and 14 ask the county itself for something, which is counted
#: beside the ranking; 13 and 14 are figures of the county alone.
RANKED = {*range(1, 19)} - {13, 14}
OF_THE_COUNTY = {3, 4, 13, 14}
MONITORING = {
    "guaranteed": ((2, 2), (0, 2)),
    "schooling_holds": ((2, 2), (0, 2)),
    "treatment_holds": ((2, 2), (0, 2)),
    "dwelling_holds": ((2, 2), (0, 2)),
    "drinking_holds": ((2, 2), (0, 2)),
    "earnings_hold": ((1, 1), (0, 1)),
    "looked_after": ((3, 3), (2, 3)),
    "water_quality": ((10, 10), (9, 10)),
}


def live_the_notice(done: BrokenFigures) -> None:
    able, unable, stays = done.households(PEOPLE, BROKEN)
    for code in (able, unable, *([stays] if done.kept else [])):
        done.visit(code)
    done.village_income()
    done.enter("special_meetings_town", 5, {}, {"presided": "deputy"})
    done.enter("special_meetings_county", 5, {}, {"presided": "deputy"})
    done.enter("study_days_county", 2, {}, None)
    for code in ("visits_town_secretary", "visits_village_secretaries"):
        done.visits(code)
    done.enter("visits_listed", 1, {"village": done.shipped.village}, None)
    done.hand_in("joint_meeting", presided="nobody_of_group")
    done.report("aid_paid", 7900, 10000)
    done.house(unable)
    done.enter("secretaries_trained", 1, {"people": str(len(done.shipped.settled.villages))}, None)
    done.hand_in("cadres_sent", cadres="1")
    done.hand_in("funds_in", people="1", province="10000", paired="5000", local="5000", paid="0")
    done.report("funds_paid", 1, 2)
    for code in ("contracts", "trained", "funds_published", "funds_used", "identified", "files_good"):
        whole = 10 if code == "contracts" else 100
        least = {"funds_used": 92, "identified": 98}.get(code, whole)
        done.report(code, least - 1, whole)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "broken"])
def test_every_figure_of_the_notice_counts_in_a_ranking_as_reached_or_not(engine: Engine, kept: bool) -> None:
    scheme = READ["wuhua-2018"]
    done = BrokenFigures(ShippedCounty(engine, scheme), kept)
    live_the_notice(done)
    found = done.rank(date(2018, 12, 20))
    assert {code: found[code] for code in NOTICE} == {code: each[0 if kept else 1] for code, each in NOTICE.items()}
    # Every measure is of a figure, or tried elsewhere; item 6 below.
    measures = [*scheme.measures, *scheme.county_measures]
    papers = {measure for measure in PAPERS.values() if measure}
    assert {measure.code for measure in measures} == NOTICE.keys() | ELSEWHERE | papers
    tried = NOTICE.keys() | papers
    assert {measure.item for measure in scheme.measures if measure.code in tried} == RANKED
    assert {measure.item for measure in scheme.county_measures if measure.code in tried} == OF_THE_COUNTY
    assert {*range(1, 19)} == RANKED | OF_THE_COUNTY


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "broken"])
def test_item_6_a_paper_that_is_missing_counts_in_the_ranking_or_is_overdue_on_the_board(
    engine: Engine, kept: bool
) -> None:
    scheme = READ["wuhua-2018"]
    assert {duty.code for duty in scheme.duties.list if duty.item == 6 and not duty.of_ranking} == PAPERS.keys()
    done = BrokenFigures(ShippedCounty(engine, scheme), kept)
    owed = {code: done.shipped.owed(code) for code in PAPERS}
    for code in PAPERS if kept else ():
        done.hand_in(code)
    found = done.rank(date(2018, 12, 30))
    assert found["reports_in_time"] == ((1, 1) if kept else (0, 1))
    after = at("2019-02-28")
    setting = done.shipped.setting
    with done.shipped.county.read() as session:
        for code, ticket in owed.items():
            lines = duty_status.lines(session, setting, after, ticket.duty_unit_id)
            standing = next(line.standing for line in lines if line.number == ticket.number)
            assert standing == ("on_time" if kept else "overdue"), code
            months = progress.duties(session, Scope(setting, unit=setting.unit(ticket.duty_unit_id or 0)), after)
            # The board counts what the list has.
            overdue = [line.number for line in lines if line.standing == "overdue"]
            assert (ticket.number in overdue) is not kept, code
            assert sum(month.overdue for month in months) == len(overdue), code


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "broken"])
def test_every_figure_of_the_monitoring_counts_in_a_ranking_as_reached_or_not(engine: Engine, kept: bool) -> None:
    scheme = READ["fanpin-monitoring"]
    # Ranked only with the number of the assessment plan it rests on.
    plan = scheme.assessment_plan.model_copy(update={"number": "县农领〔2021〕3号"})
    done = BrokenFigures(ShippedCounty(engine, scheme.model_copy(update={"assessment_plan": plan})), kept)
    able, unable, stays = done.households(PEOPLE, BROKEN)
    for code in (able, unable, *([stays] if kept else [])):
        done.visit(code)
    done.report("water_quality", 9, 10)
    found = done.rank(date(2021, 12, 30))
    others = {measure.code for measure in scheme.measures} - MONITORING.keys()
    assert others == {
        "guarantees_on_time",
        "named_on_time",
        "supported_on_time",
        "removals_hold",
        "not_relapsed",
        "sweeps_on_time",
    }
    assert {code: found[code] for code in MONITORING} == {
        code: each[0 if kept else 1] for code, each in MONITORING.items()
    }
