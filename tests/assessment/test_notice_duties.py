"""Duties of the scheme against the notice, item by item; the tables are written from the notice's text."""

import pytest
from sqlalchemy import Engine, select

from models import Unit
from tests.support.duties import at, open_by, tickets
from tests.support.factories import County
from tests.support.notice import NOTICE, PATH, SCHEME, TEXT, official
from workflow.adoption.scheme_storing import install
from workflow.policy.periods import periods
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme

TOWNS = set(SCHEME.towns)
#: Named in the task of an item, though not among its 责任单位: the office imports (7), 扶贫局 hands over the list (8), 国土
#: states which conditions a place lacks (11).
BESIDES = {7: "县扶贫开发领导小组办公室", 8: "扶贫", 11: "县国土资源局"}
#: The group that the notice names and never lists.
MEMBERS = {code for group in SCHEME.duties.groups if group.code == "members" for code in group.units}
#: Item → codes of its duties, with how often: what the notice asks for at least.
AT_LEAST = {
    1: {"haves_walk": 1, "haves_mended": 2},
    2: {"income_survey": 1},
    3: {"study_days_county": 1, "study_days_town": 1, "special_meetings_county": 1, "special_meetings_town": 1},
    4: {"visits_listed": 1, "visits_hard": 1, "visits_town_secretary": 1, "visits_village_secretaries": 1},
    5: {"joint_meeting": 4, "joint_archive": 4, "ledger": 4},
    6: {"analysis": 4, "summary": 2, "circular": 2, "yearly_report": 1},
    7: {"allowance_paid": 1, "allowance_imported": 1, "allowance_verified": 1},
    8: {"aid_list": 12, "aid_match": 12, "aid_paid": 12},
    9: {"insured": 1, "pension": 1},
    10: {"house_quota": 1},
    11: {"industry_join": 1, "industry_exempt": 1},
    12: {"training": 1, "public_posts": 2, "placement_plan": 1, "labour_cooperation": 2},
    13: {"secretaries_trained": 1, "cadres_sent": 1, "weak_branches": 2},
    14: {"funds_in": 4},
    15: {"funds_ledger": 2, "project_library": 2, "funds_audit": 2, "incidents": 4},
    16: {"performance": 1},
    17: {"sampling": 2},
    18: {"file_inspection": 4},
    None: {"people_sent": 1, "data_reconciled": 2, "inspections": 4, "cadre_signed": 1},
}


def bound(item: int | None) -> set[str]:
    return {
        code for duty in SCHEME.duties.list if duty.item == item for code in SCHEME.duties.units_of(duty, SCHEME.towns)
    }


@pytest.mark.parametrize("item", NOTICE)
def test_an_item_binds_the_units_that_the_notice_lists_and_no_other(item: int) -> None:
    towns, listed = NOTICE[item]
    held = bound(item)
    named = {SCHEME.unit(code).name for code in held - TOWNS}
    wanted = {official(short) for short in listed.split()}
    assert wanted <= named
    besides = {official(short) if short == "扶贫" else short for short in BESIDES.get(item, "").split()}
    members = {SCHEME.unit(code).name for code in MEMBERS} if item in (5, 6) else set()
    assert named <= wanted | besides | members
    assert (held >= TOWNS) == towns
    assert bool(held & TOWNS) == towns


@pytest.mark.parametrize("item", AT_LEAST)
def test_every_item_has_the_duties_that_its_text_asks_for(item: int | None) -> None:
    for code, often in AT_LEAST[item].items():
        duty = SCHEME.duty(code)
        assert duty.item == item
        assert len(periods(duty.period, 2018, duty.since)) == often, code


def test_the_figures_of_the_notice_are_in_the_duties() -> None:
    duties = SCHEME.duties.by_code
    targets = {code: duty.count.target for code, duty in duties.items() if duty.count is not None}
    assert targets["study_days_county"] == 20
    assert targets["special_meetings_county"] == targets["special_meetings_town"] == 5
    assert targets["study_days_town"] is None
    assert (targets["visits_listed"], targets["house_quota"]) == (92, 718)
    quota = duties["house_quota"]
    assert quota.count is not None
    assert quota.count.together
    assert sum(quota.count.split.values()) == 718
    assert (quota.due.date, quota.guided_by) == ("12-20", "housing")
    # From August for item 3, from January for 5 and 6, which count four quarters.
    assert {duty.since for duty in duties.values() if duty.item == 3} == {"08-01"}
    assert {duty.code for duty in duties.values() if duty.whole_year} == {
        "joint_meeting",
        "joint_archive",
        "ledger",
        "analysis",
        "summary",
        "circular",
    }
    # The sections that item 6 prescribes.
    assert [entry.name.zh for entry in duties["analysis"].fields] == [
        "存在问题的原因分析",
        "整改落实情况",
        "当前形势研判",
        "下一步工作措施",
    ]
    assert [entry.name.zh for entry in duties["yearly_report"].fields] == [
        "全年开展脱贫攻坚工作进展情况",
        "主要成效",
        "问题分析",
        "形势研判",
        "下一步工作打算",
    ]
    assert [group.own_choice for group in SCHEME.duties.groups if group.code == "members"] == [True]


def test_the_county_of_the_notice_opens_them_all(engine: Engine) -> None:
    """The county adopts the scheme in mid-November, as the notice was issued; the tickets show who is responsible."""
    county = County(engine)
    with county.write() as session:
        install(session, SCHEME, 2018, at("2018-11-14"))
        county.units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
    opened = open_by(county, at("2018-11-14"))
    made = tickets(county)
    assert len(made) == opened.count > 600
    assert {SCHEME.duty(code).item for _, code, _ in made} == {*range(1, 19), None}
    assert {period for _, code, period in made if code == "joint_meeting"} == {f"2018-Q{n}" for n in (1, 2, 3, 4)}
    assert {period for _, code, period in made if code == "funds_in"} == {"2018-Q4"}
    office, leaders = county.units["office"], county.units["leaders"]
    for (unit, _, _), row in made.items():
        assert row.confirmer_unit_id == (leaders if unit == "office" else office)
        assert row.due_at is not None
        assert row.due_at > row.filed_at


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("units: [statistics, poverty]\n      period", "units: [statistic, poverty]\n      period", "unit_unknown"),
        ("units: [party-office]\n", "units: [leaders]\n", "unit_owes_nothing"),
        ("units: [finance]\n      period", "units: [finance, towns]\n      period", "binds_no_town"),
        ("after: joint_meeting", "after: join_meeting", "duty_unknown"),
        ("after: joint_meeting", "after: analysis_", "duty_unknown"),
        ("after: joint_meeting", "after: haves_walk", "after_other_period"),
        ("after: aid_list", "after: aid_paid", "after_itself"),
        ("due: {by: date, date: 12-20}", "due: {by: date, date: 02-30}", "bad_date"),
        ("due: {by: date, date: 12-20}", "due: {by: last, date: 12-20}", "due_without"),
        ("due: {by: end, days: 5}", "due: {by: end}", "due_without"),
        ("due: {by: last}", "due: {by: opened, days: 3}", "opened_by_nothing"),
        # What is measured of the county itself is its own duties, by entries of those that are counted so.
        ("duties: [study_days_county]", "duties: [house_quota]", "entries_uncounted"),
        ("of: [entries.done]", "of: [households.all_met]", "term_unknown"),
        ("due: {by: report}", "due: {by: last}", "due_with_report"),
        ("once_per: [month]", "once_per: [weeks]", "field_unknown"),
        ("sum: households\n", "sum: village\n", "field_unknown"),
        ("town-longcun: 44}", "town-longcun: 45}", "split_differs"),
        ("code: haves_walk", "code: housing", "duplicate_code"),
        ("{code: gaps, name", "{code: next, name", "duplicate_code"),
        ("guided_by: housing", "guided_by: town-meilin", "unit_unknown"),
        ("item: 18\n      units: [poverty]", "item: 19\n      units: [poverty]", "indicator_unknown"),
        ("grace: 5", "grace: 0", "invalid"),
        ("whole_year: true", "whole_years: true", "unknown_key"),
    ],
)
def test_a_faulty_duty_is_refused_with_line_and_remedy(old: str, new: str, code: str) -> None:
    assert old in TEXT, PATH
    with pytest.raises(SchemeRefused) as refusal:
        parse_scheme(TEXT.replace(old, new, 1))
    problems = [problem for problem in refusal.value.problems if problem.code == code]
    assert problems, refusal.value.problems
    changed = TEXT[: TEXT.index(old)].count("\n") + 1
    assert any(abs(problem.line - changed) <= 13 for problem in problems)
    for language in ("zh", "en"):
        assert str(problems[0].line) in problems[0].sentence(language)


def test_a_scheme_stored_before_there_were_duties_still_reads() -> None:
    stored = SCHEME.model_dump(mode="json")
    del stored["duties"]
    assert type(SCHEME).model_validate(stored).duties.list == ()
    assert type(SCHEME).model_validate(SCHEME.model_dump(mode="json")) == SCHEME
