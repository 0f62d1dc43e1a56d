"""The eighteen items of the notice, broken: whatever breaks a figure is refused at its door, or sent with a reason and
then counts as not reached.

Generated from the shipped scheme: every rule of every form, and beside them the figures that are days, rows and lists.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from simulation.plausible_forms import obeying
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.dealing import KINDS
from tests.support.notice import NOTICE, SCHEME
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty
from workflow.assessment import entries, figure_bounds, reported_figures
from workflow.assessment.entries import EntryInput
from workflow.assessment.facts import known_facts
from workflow.errors import BadInput
from workflow.policy.form_rules import USUAL, broken, spoken_of
from workflow.policy.scheme.duties import Count, Duty, FormRule
from workflow.register.counted import quota, village_surveys, villages
from workflow.register.counted.villages import Description, income_line_fen
from workflow.tickets.actions import duty_progress

REASON = "年底前补齐，已约定专人负责"
#: What a figure is tried with until it breaks the one rule.
TRIED = ("0", "1", "2", "6", "79", "92", "99", "100", "101", "2000000", "9000000000")
FORMS = [(duty, duty) for duty in SCHEME.duties.list] + [
    (duty, duty.count) for duty in SCHEME.duties.list if duty.count
]
#: Rules on a share of rows, of which this county has too few: tests/assessment/test_one_of_many.py breaks them.
OF_MANY = {"tickets_listed", "posts_usual", "willing_usual"}
RULES = [
    pytest.param(duty, part, rule, id=f"{duty.item}-{duty.code}-{rule.code}")
    for duty, part in FORMS
    for rule in part.rules
    if rule.code not in OF_MANY
]


@pytest.fixture(scope="module", params=KINDS)
def shipped(request: pytest.FixtureRequest) -> Iterator[ShippedCounty]:
    """One county for all tests of a database: bounds and gaps of forms are counted by queries."""
    with fresh_database(request, request.param) as url:
        yield ShippedCounty(engine_at(url), SCHEME)


def breaking(
    part: Duty | Count, rule: FormRule, form: Mapping[str, str], known: Mapping[str, str]
) -> dict[str, str] | None:
    """The form with values that break this rule, and nothing that is impossible beside it; None where the system itself
    counts all that the rule reads."""
    fields = {field.code: field for field in part.fields}
    names = [name for name in dict.fromkeys(rule.fields) if name not in known]
    if not names:
        return None
    near = [str(int(count) + by) for count in known.values() for by in (1, -1)]
    offered = [
        ["无"] if fields[name].type == "towns" else [each.code for each in fields[name].choices] or [*TRIED, *near]
        for name in names
    ]
    for values in product(*offered):
        tried = {**form, **known, **dict(zip(names, values, strict=True))}
        for name in names:
            # A base that is named is not stated to be none.
            tried.pop(fields[name].none or "", None)
        numbers = [(fields[name], tried[name]) for name in names if fields[name].type == "number"]
        if any(Decimal(value) < Decimal(str(field.min or (1 if field.none else 0))) for field, value in numbers):
            continue
        # What the rule does not read follows from what is possible beside it.
        others = [each for each in part.rules if each.demand == "possible" and each is not rule]
        fitted = obeying(dict(tried), others)
        tried |= {name: fitted[name] for name in fitted if name not in names and name not in known}
        impossible = broken(part.rules, tried, "possible")
        if rule in broken(part.rules, tried, rule.demand, part.fields) and impossible in ([], [rule]):
            return tried
    raise AssertionError(f"nothing breaks {rule.code}")


def refused(act: Any, *args: Any, **given: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        act(*args, **given)
    return error.value


def enter(shipped: ShippedCounty, code: str, fields: Mapping[str, str], reason: str = "") -> int:
    """Records an entry of a countable duty; returns what it adds to the progress."""
    ticket = shipped.owed(code)
    unit = next(each for each, number in shipped.units.items() if number == ticket.duty_unit_id)
    proof = shipped.county.bring(unit, ticket.id, shipped.now, f"{code} {fields}".encode())
    with shipped.county.write() as session:
        given = EntryInput(on=shipped.now.date(), fields=dict(fields), evidence=[proof], reason=reason)
        made = entries.enter(session, shipped.who(unit), ticket.id, shipped.now, given)
        count = SCHEME.duty(code).count
        assert count is not None
        return duty_progress.entry_credits_of(session, ticket, count)[made.id].amount


@pytest.mark.parametrize(("duty", "part", "rule"), RULES)
def test_a_form_that_breaks_its_item_is_refused_or_counts_as_not_reached(
    shipped: ShippedCounty, duty: Duty, part: Duty | Count, rule: FormRule
) -> None:
    ticket = shipped.owed(duty.code)
    known = shipped.known(ticket) if part is duty else {}
    form = breaking(part, rule, shipped.plausible(part, shipped.period(ticket)), known)
    if form is None:
        assert set(rule.fields) <= set(known)
        return
    form |= {each.code: REASON for each in part.fields if each.statement and (spoken_of(each, form) or 0) > 0}
    if part is not duty:
        assert refused(enter, shipped, duty.code, form).code == "form_not_reached"
        assert enter(shipped, duty.code, form, REASON) == 0
        return
    if rule.demand == "possible":
        for given in ({}, {"missing": REASON}):
            assert refused(shipped.hand_in, ticket, form, **given).code in ("form_impossible", "above_most")
        return
    # A figure far from what is usual may miss the item as well.
    assert (
        refused(shipped.hand_in, ticket, form).code
        in ("form_not_reached", "form_unusual")[: 1 + (rule.demand == "usual")]
    )
    shipped.hand_in(ticket, form, missing=REASON)
    assert (USUAL if rule.demand == "usual" else "") + rule.code in shipped.recorded(ticket)["short"]
    with shipped.county.read() as session:
        facts = known_facts.Known(session, shipped.setting, shipped.now).tickets[ticket.duty_unit_id or 0]
    assert next(fact for fact in facts if fact.id == ticket.id).short


#: The figures the notice names, with a value that breaks each: item, duty, the values; a share is one of what the system
#: counts.
NAMED: list[tuple[int, str, dict[str, str]]] = [
    (1, "haves_walk", {"gaps": "1"}),
    (1, "haves_mended", {"reported": "10", "mended": "9"}),
    (5, "joint_meeting", {"presided": "nobody_of_group"}),
    (7, "enrolment", {"enrolled": "92%"}),
    (7, "allowance_paid", {"pupils": "100", "paid": "99"}),
    (8, "aid_paid", {"costs": "100", "aid": "79"}),
    (2, "income_survey", {"income": "10300"}),
    (2, "income_survey", {"income": "1"}),
    (8, "allowance_cover", {"covered": "99%"}),
    (9, "insured", {"insured": "99%"}),
    (11, "industry_join", {"households": "2", "joined": "2", "contracts": "2", "income": "1"}),
    (12, "training", {"trained": "99%"}),
    (9, "pension", {"paid_for": "50%"}),
    (9, "pension", {"drawing": "50%"}),
    (13, "cadres_sent", {"towns": "无", "cadres": "0"}),
    (13, "cadres_sent", {"cadres": "1"}),
    (13, "cadres_sent", {"cadres": "6"}),
    (14, "funds_in", {"people": "1", "province": "10000", "paired": "10000", "local": "10000", "paid": "0"}),
    (14, "funds_in", {"people": "1", "province": "6000", "paired": "3000", "local": "1000", "paid": "0"}),
    (15, "incidents", {"cases": "1"}),
    (16, "performance", {"idle": "1"}),
    (16, "idle_money", {"idle": "0.01"}),
    (17, "sampling", {"sampled": "30", "wrongly_in": "1", "wrongly_out": "0", "missed": "0"}),
    (18, "file_inspection", {"inspected": "30", "late": "1", "differs": "0"}),
    (18, "file_check", {"cabinet": "no"}),
]


@pytest.mark.parametrize(("item", "code", "values"), NAMED)
def test_a_named_figure_missed_needs_a_reason_and_is_not_reached(
    shipped: ShippedCounty, item: int, code: str, values: dict[str, str]
) -> None:
    assert SCHEME.duty(code).item == item
    ticket = shipped.owed(code)
    of_known = {name: value for name, value in values.items() if value.endswith("%")}
    for name, value in of_known.items():
        of = next(
            rule.to[0].field
            for rule in SCHEME.duty(code).rules
            if rule.demand == "reached" and name in [share.field for share in rule.of]
        )
        base = shipped.known(ticket)[of]
        values = {**values, name: str(int(base) * int(value[:-1]) // 100)}
    form = shipped.plausible(SCHEME.duty(code), shipped.period(ticket), **values)
    assert refused(shipped.hand_in, ticket, form).code == "form_not_reached"
    shipped.hand_in(ticket, form, missing=REASON)
    assert shipped.recorded(ticket)["short"]


#: What cannot be, whatever the reason: item, duty, the values, the field at fault.
IMPOSSIBLE: list[tuple[int, str, dict[str, str], str]] = [
    (5, "joint_meeting", {"held_on": "2018-01-15"}, "form.held_on"),
    (
        6,
        "yearly_report",
        dict.fromkeys(("progress", "results", "problems", "situation", "next_steps"), "无"),
        "form.progress",
    ),
    (6, "analysis", {"causes": "无" * 30}, "form.causes"),
    (6, "circular", {"number": "华扶通〔2099〕1号"}, "form.number"),
    (6, "circular", {"number": "华扶通〔2017〕1号"}, "form.number"),
    (5, "joint_archive", {"volume": "扶贫〔1918〕第3卷"}, "form.volume"),
    (8, "allowance_cover", {"covered": "500"}, "form.covered"),
    (8, "aid_paid", {"people": "30", "costs": "1", "aid": "0"}, "form.aid"),
    (13, "cadres_sent", {"towns": "无", "cadres": "4"}, "form.cadres"),
    (13, "cadres_sent", {"towns": "无任务重的镇", "cadres": "4"}, "form.towns"),
    (14, "funds_in", {"paid": "999999999"}, "form.paid"),
    (15, "funds_ledger", {"received": "1", "spent": "2"}, "form.spent"),
]


@pytest.mark.parametrize(("item", "code", "values", "field"), IMPOSSIBLE)
def test_what_cannot_be_is_refused_at_its_field(
    shipped: ShippedCounty, item: int, code: str, values: dict[str, str], field: str
) -> None:
    assert SCHEME.duty(code).item == item
    ticket = shipped.owed(code)
    form = shipped.plausible(SCHEME.duty(code), shipped.period(ticket), **values)
    assert refused(shipped.hand_in, ticket, form, missing=REASON).field == field


def test_item_2_an_income_below_60_per_cent_reaches_nothing(shipped: ShippedCounty) -> None:
    line = income_line_fen(shipped.setting, shipped.year)
    assert line is not None
    assert SCHEME.village_income is not None
    codes = [village.code for village in shipped.settled.villages[:2]]
    who = shipped.who(SCHEME.village_income.by)
    incomes = {codes[0]: line - 1, codes[1]: line}
    with shipped.county.write() as session:
        villages.describe(session, shipped.who("office"), shipped.now, dict.fromkeys(codes, Description(True, 10)))
        village_surveys.record(session, who, shipped.setting, shipped.now, incomes, "入户调查")
        lines = village_surveys.listed(session, who, shipped.setting, shipped.year)
    assert {line.village.code: line.reached for line in lines} == {codes[0]: False, codes[1]: True}


def test_items_3_and_4_a_deputy_in_the_chair_and_a_village_that_is_not_such_count_nothing(
    shipped: ShippedCounty,
) -> None:
    count = SCHEME.duty("special_meetings_county").count
    assert count is not None
    meeting = shipped.plausible(count, shipped.period(shipped.owed("special_meetings_county")), presided="deputy")
    assert refused(enter, shipped, "special_meetings_county", meeting).field == "reason"
    assert enter(shipped, "special_meetings_county", meeting, REASON) == 0
    unlisted = shipped.settled.villages[-1].code
    for code, error in (("visits_listed", "village_not_listed"), ("visits_hard", "village_not_hard")):
        assert refused(enter, shipped, code, {"village": unlisted}, REASON).code == error
    homes = {"village": shipped.village, "households": str(shipped.homes[shipped.village] + 1)}
    assert refused(enter, shipped, "visits_town_secretary", homes, REASON).code == "above_households"


@pytest.mark.parametrize("code", ["study_days_county", "special_meetings_town", "visits_listed", "house_quota"])
def test_a_count_below_the_notice_needs_a_reason_and_is_not_reached(shipped: ShippedCounty, code: str) -> None:
    ticket = shipped.owed(code)
    assert refused(shipped.hand_in, ticket, {}).code == "target_not_reached"
    shipped.hand_in(ticket, {}, missing=REASON)
    with shipped.county.read() as session:
        facts = known_facts.Known(session, shipped.setting, shipped.now).tickets[ticket.duty_unit_id or 0]
    assert next(fact for fact in facts if fact.id == ticket.id).short


def test_item_10_a_house_finished_before_its_start_up_money_needs_a_reason(shipped: ShippedCounty) -> None:
    household, village_id = shipped.settled.households[0]
    towns = {village.id: village.town_id for village in shipped.settled.villages}
    who = shipped.settled.people[("unit", towns[village_id])]
    with shipped.county.write() as session:
        quota.add(session, who, shipped.setting, shipped.now, [household])
    with pytest.raises(BadInput), shipped.county.write() as session:
        days = {household: {"paid_on": None, "finished_on": shipped.now.date() - timedelta(days=1)}}
        quota.settle(session, who, shipped.setting, shipped.now, days)


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_required_text_of_any_form_that_says_nothing_is_refused_at_its_field(engine: Engine, path: Path) -> None:
    shipped, tried = ShippedCounty(engine, shipped_scheme(path)), 0
    for duty in shipped.scheme.duties.list:
        if duty.of_ranking:
            continue
        texts = [each.code for each in duty.fields if each.type == "text" and each.required and not each.or_none]
        for code in texts:
            for text in ("已落实", "加强领导。" * 9, "同意", "asdf"):
                ticket = shipped.owed(duty.code)
                form = shipped.plausible(duty, shipped.period(ticket), **{code: text})
                error = refused(shipped.hand_in, ticket, form, missing=REASON)
                assert error.field == f"form.{code}", (duty.code, text)
                assert error.code in ("says_nothing", "sentence_repeated", "not_a_document"), (duty.code, text)
                tried += 1
    assert tried > 4


#: Days that may lie after the duty's period, or so many years before it, with the reason; every other day lies in it.
OF_ANOTHER_TIME = {
    ("allowance_imported", "imported_on"): (0, "what is imported late is imported in the next year"),
    ("industry_exempt", "dated"): (5, "a statement on the land holds for several years"),
}


#: Texts of forms that names answer; every other required text is a statement.
NAMES = {"chair", "place", "places", "towns"}
#: Seen handed in as the analysis of causes, the problems of a year and the opinions of a meeting.
BARE_NAMES = (
    "县水务局、县教育局、县住建局、县民政局、县人社局",
    "李伟明、王建国、张志强、刘海涛、陈晓东、杨文辉、赵国庆",
    "华扶组〔2018〕16号",
)


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_bare_names_are_no_report_of_any_form(engine: Engine, path: Path) -> None:
    shipped = ShippedCounty(engine, shipped_scheme(path))
    asked: set[str] = set()
    for duty in shipped.scheme.duties.list:
        for part in (duty, duty.count) if duty.count else (duty,):
            prose = {each.code for each in part.fields if each.type == "text" and each.required and not each.document}
            prose -= NAMES | {each.code for each in part.fields if each.or_none}
            assert prose == {each.code for each in part.fields if each.statement and not each.about}, duty.code
            # A section that several forms share is judged by one rule.
            new = {code for code in prose if part is duty and not duty.of_ranking} - asked
            asked |= new
            for code, text in product(sorted(new), BARE_NAMES):
                ticket = shipped.owed(duty.code)
                form = shipped.plausible(duty, shipped.period(ticket), **{code: text})
                error = refused(shipped.hand_in, ticket, form, missing=REASON)
                assert (error.field, error.code) == (f"form.{code}", "says_nothing"), (duty.code, text)
    assert asked


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_day_of_any_form_outside_its_period_is_refused_at_its_field(engine: Engine, path: Path) -> None:
    """Under both schemes (seen: a meeting of the fourth quarter held in January, an import of 1999, a statement of 1900)."""
    shipped, tried = ShippedCounty(engine, shipped_scheme(path)), 0
    for duty in shipped.scheme.duties.list:
        for field in duty.fields:
            if field.type != "date":
                continue
            ticket = shipped.owed(duty.code)
            years, _why = OF_ANOTHER_TIME.get((duty.code, field.code), (None, ""))
            assert (field.within_period, field.back_years) == (years is None, years), duty.code
            first = shipped.period(ticket).start
            before = first.replace(year=first.year - (years or 0)) - timedelta(days=1)
            form = shipped.plausible(duty, shipped.period(ticket), **{field.code: before.isoformat()})
            error = refused(shipped.hand_in, ticket, form, missing=REASON)
            assert (error.field, error.code) == (f"form.{field.code}", "outside_period"), duty.code
            ahead = form | {field.code: (shipped.now.date() + timedelta(days=1)).isoformat()}
            error = refused(shipped.hand_in, ticket, ahead, missing=REASON)
            assert (error.field, error.code) == (f"form.{field.code}", "date_in_future"), duty.code
            tried += 1
    assert tried


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_reported_figures_above_the_whole_of_nothing_or_below_it_are_refused(engine: Engine, path: Path) -> None:
    """On both databases, which refuse such rows themselves, and under both schemes."""
    shipped = ShippedCounty(engine, shipped_scheme(path))
    reported = [measure for measure in reported_figures.every(shipped.setting) if measure.reported_by is not None]
    assert reported
    for measure in reported:
        assert measure.reported_by is not None
        unit = reported_figures.subjects(shipped.setting, measure)[0]
        for of, to in ((0, 0), (500, 100), (101, 100), (-1, 100), (1, -1), (1, 10**9)):
            lines = [figure_bounds.Line(unit.name, of, to)]
            with pytest.raises(BadInput), shipped.county.write() as session:
                who = shipped.who(measure.reported_by)
                args: tuple[Any, ...] = (shipped.now, measure.code, shipped.now.date(), lines, "业务系统", {})
                reported_figures.report(session, who, shipped.setting, *args)


def test_each_of_the_eighteen_items_is_broken_here() -> None:
    """Items 2, 4 and 10 are of villages and lists, item 3 of entries; every other has its figures in forms."""
    formed = {duty.item for duty, part in FORMS for _ in part.rules}
    named = {item for item, *_ in NAMED} | {item for item, *_ in IMPOSSIBLE} | {2, 3, 4, 10}
    assert formed | named >= set(NOTICE)
    assert named == set(NOTICE)
