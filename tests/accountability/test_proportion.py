"""Accountability in proportion: what a case may end in, what harm it names, and against whom the office opens none."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import AccountabilityCase, Escalation, Paper, Ticket
from tests.support.cases import EARLY, accepted, act, add_seconds, overdue, raised, row
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.rankings import HOUR, ON, live_a_month, ranked_scheme
from tests.support.scheme_cast import whole_text
from workflow.accountability import sweep
from workflow.accountability.cases import case_views
from workflow.accountability.cases.harm import scope_of
from workflow.assessment import duty_opening
from workflow.assessment.ranking import rankings
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, cautions_of, parse_scheme
from workflow.policy.scheme.validation import check
from workflow.verification.full_check import verify

WUHUA, MONITORING = (whole_text(Path(f"schemes/{name}.yaml")) for name in ("wuhua-2018", "fanpin-monitoring"))


def judged(engine: Engine, **accountability: Any) -> County:
    county = settle_county(engine, small_scheme(accountability=accountability), households=6)
    add_seconds(county)
    return county


def duty_county(engine: Engine) -> County:
    """A county with one duty of item 1, which the water bureau lets lie."""
    duty = {
        "code": "summary",
        "name": {"zh": "工作总结", "en": "summary"},
        "item": 1,
        "units": ["water"],
        "period": "yearly",
        "due": {"by": "date", "date": "11-30"},
        "evidence": {"zh": "总结", "en": "summary"},
    }
    county = settle_county(engine, small_scheme(duties={"list": [duty]}), households=6)
    add_seconds(county)
    return county


def decide(county: County, case: int, outcome: str) -> None:
    act(county, "office", case, "notify")
    act(county, "water", case, "respond")
    act(county, "office", case, "hear")
    act(county, "leaders", case, "decide", outcome=outcome)


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def late_duty(county: County) -> int:
    duty_opening.run(county.read, county.write, START)
    with county.read() as session:
        return session.scalars(select(Ticket.id).where(Ticket.type == "duty")).one()


def test_a_late_paper_never_reaches_the_discipline_commission(engine: Engine) -> None:
    county = duty_county(engine)
    case = raised(county, late_duty(county), at=day(13), custody=1)
    act(county, "office", case, "notify", at=day(13))
    act(county, "water", case, "respond", at=day(13))
    act(county, "office", case, "hear", at=day(13), heard_on="2018-12-03")
    for outcome in ("discipline", "移送纪检监察机关", "rectify"):
        with pytest.raises(BadInput, match="outcome_out_of_proportion"):
            act(county, "leaders", case, "decide", at=day(13), outcome=outcome)
    act(county, "leaders", case, "decide", at=day(13), outcome="circular")
    assert row(county, case).outcome == "circular"
    assert sound(county) == []


def test_what_a_case_may_end_in_is_scheme_data_by_kind(engine: Engine) -> None:
    county = judged(engine, proportions=[{"kinds": ["water"], "outcomes": ["no_fault", "circular"]}])
    case = raised(county, overdue(county))
    with pytest.raises(BadInput, match="outcome_out_of_proportion"):
        decide(county, case, "reminder_talk")
    act(county, "leaders", case, "decide", outcome="circular")
    with county.read() as session:
        view = case_views.case_view(session, county.people["office"], case, day(2))
        assert view.scope.outcomes == ("no_fault", "circular")
    assert sound(county) == []


def test_a_scheme_that_passes_late_papers_on_is_refused() -> None:
    found = check(small_scheme(accountability={"proportions": [{"of": "duty", "outcomes": ["discipline"]}]}))
    assert "paper_passed_on" in {finding.code for finding in found}
    for more, code in (
        ({"outcomes": ["nothing"]}, "outcome_undefined"),
        ({"kinds": ["nothing"], "outcomes": ["no_fault"]}, "kind_or_duty_unknown"),
    ):
        found = check(small_scheme(accountability={"proportions": [more]}))
        assert code in {finding.code for finding in found}
    found = check(small_scheme(accountability={"above_office": ["nobody"]}))
    assert ("accountability", "above_office", 0) in {finding.path for finding in found}
    with pytest.raises(SchemeRefused, match="never passed"):
        parse_scheme(WUHUA.replace("{of: duty, outcomes: [no_fault,", "{of: duty, outcomes: [discipline, no_fault,"))


def test_a_case_names_a_result_of_the_tickets_own_item_with_its_value_beside_it(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=6)
    add_seconds(county)
    ticket = overdue(county)
    with pytest.raises(BadInput, match="result_not_of_ticket"):
        raised(county, ticket, result="18:task")
    case = raised(county, ticket, at=day(1))
    with county.read() as session:
        view = case_views.case_view(session, county.people["office"], case, day(1))
        (step,) = [step for step in view.content["course"] if step["action"] == "open"]
    # Nothing is ranked yet: what the system can show is its own count.
    assert step["codes"]["shown"] == {"from": "tickets", "open": 1, "late": 1}
    assert sound(county) == []


def test_where_there_is_a_ranking_its_figures_are_shown_and_without_one_nobody_names_it(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme(), households=6)
    add_seconds(county)
    ticket = live_a_month(county)
    with county.read() as session:
        row_ = session.get_one(Ticket, ticket)
        assert scope_of(session, county_context(session), row_, HOUR).results == {}
        # The town was late to confirm, and no result is harmed: there is nothing to propose, and the page says why.
        offer = case_views.case_offer(session, county.people["office"], county_context(session), row_, HOUR)
        assert offer is not None
        assert (offer.lacks, [held.stage for held in offer.custodies]) == ("result", ["confirm"])
    with county.write() as session:
        rankings.make(session, None, HOUR, ON)
    with county.read() as session:
        setting, later = county_context(session), HOUR + timedelta(hours=1)
        scope = scope_of(session, setting, session.get_one(Ticket, ticket), later)
        assert scope.results["1:ranking"]["on"] == "2018-11-30"
        assert scope.results["1:ranking"]["town"] == "town-a"
        before = scope_of(session, setting, session.get_one(Ticket, ticket), HOUR - timedelta(days=1))
        assert "1:ranking" not in before.results


def test_against_a_unit_above_it_the_office_opens_no_case_and_issues_no_paper(engine: Engine) -> None:
    county = judged(engine, above_office=["water"])
    ticket = accepted(county)
    with pytest.raises(NotAllowed, match="may_not_open_a_case"):
        raised(county, ticket)
    case = raised(county, ticket, at=day(20), who="leaders")
    with county.read() as session:
        found = session.get_one(AccountabilityCase, case)
        # Who opened it does not decide it: the level above does.
        assert (found.opened_by_unit_id, found.decider_unit_id) == (county.units["leaders"], None)
    sweep.run(county.read, county.write, day(21, 8.5))
    with county.read() as session:
        (paper,) = session.scalars(select(Paper)).all()
        assert paper.issuer_id == county.units["leaders"]
        assert session.scalars(select(Escalation.status).where(Escalation.rung == 3)).all() == ["issued"]
    assert sound(county) == []


def test_the_unit_that_the_scheme_names_decides_but_never_about_itself(engine: Engine) -> None:
    county = judged(engine, decides="water")
    own = raised(county, overdue(county))
    ticket = county.file(household="A2", kind="power", at=EARLY)
    county.do("power", "accept", ticket, EARLY)
    other = raised(county, ticket)
    assert (row(county, own).decider_unit_id, row(county, other).decider_unit_id) == (None, county.units["water"])
    act(county, "office", other, "notify")
    act(county, "power", other, "respond")
    act(county, "office", other, "hear")
    with pytest.raises(NotAllowed):
        act(county, "leaders", other, "decide")
    act(county, "water", other, "decide")
    assert row(county, other).decided_by_unit_id == county.units["water"]


def test_a_limit_shorter_than_its_basis_is_a_caution_and_no_refusal() -> None:
    assert cautions_of(WUHUA) == cautions_of(MONITORING) == ()
    short = WUHUA.replace("limits: {normal: {mend: 40, cap: 60}}", "limits: {normal: {mend: 20, cap: 60}}")
    (caution,) = cautions_of(short)
    assert (caution.code, caution.params["value"], caution.params["other"]) == ("shorter_than_law", "20", "25")
    assert "最低生活保障" in caution.sentence("zh")
    assert short.splitlines()[caution.line - 1].lstrip().startswith("- {at_least: 25")


@pytest.mark.parametrize(("text", "record"), [(WUHUA, "file_differs"), (MONITORING, "record_differs")])
def test_in_both_schemes_every_kind_ends_in_proportion_and_no_paper_goes_to_discipline(text: str, record: str) -> None:
    scheme = parse_scheme(text)
    own = scheme.accountability

    def ends(kind: str, is_duty: bool) -> set[str]:
        return {outcome.code for outcome in own.may_end_in(kind, is_duty)}

    every = {outcome.code for outcome in own.outcomes}
    assert own.proportions
    assert {kind.code for kind in scheme.kinds if ends(kind.code, False) != every} == {record}
    assert ends(record, False) == every - {"discipline"}
    assert {frozenset(every - ends(duty.code, True)) for duty in scheme.duties.list} == {
        frozenset(("rectify", "discipline"))
    }


def test_every_kind_of_monitoring_says_what_its_limit_rests_on() -> None:
    kinds = parse_scheme(MONITORING).kinds
    assert [kind.code for kind in kinds if not kind.bases] == []
    # A number of days only where a published procedure gives one, or the county estimates the work.
    assert {kind.code for kind in kinds if kind.bases[0].at_least} == {"newly_found", "unsafe_dwelling", "income_drop"}
    short = MONITORING.replace("limits: {normal: {mend: 25}}", "limits: {normal: {mend: 20}}")
    assert [caution.code for caution in cautions_of(short)] == ["shorter_than_law"]


def ranked_with(changes: dict[str, Any]) -> Scheme:
    return Scheme.model_validate(ranked_scheme().model_dump(mode="json") | changes)


@pytest.mark.parametrize(("floor", "harmed"), [(100, {"1:ranking"}), (0, set())])
def test_a_result_whose_value_shows_no_harm_is_not_offered_and_refused(
    engine: Engine, floor: int, harmed: set[str]
) -> None:
    """The town's only ticket was confirmed late, nothing is open or overdue; the target is the score of a grade."""
    rule = ranked_scheme().ranking.model_dump(mode="json")
    grade = {"code": "good", "name": {"zh": "好", "en": "good"}, "floor": floor}
    scheme = ranked_with({"ranking": rule | {"grades": [grade], "target": "good", "aim": "good"}})
    county = settle_county(engine, scheme, households=6)
    add_seconds(county)
    ticket = live_a_month(county)
    with county.write() as session:
        rankings.make(session, None, HOUR, ON)
    later = HOUR + timedelta(hours=1)
    with county.read() as session:
        setting, row_ = county_context(session), session.get_one(Ticket, ticket)
        scope = scope_of(session, setting, row_, later)
        offer = case_views.case_offer(session, county.people["office"], setting, row_, later)
    assert set(scope.results) == harmed | {"1:haves", "1:time"}
    assert set(scope.unharmed) == {"1:task", "1:ranking"} - harmed
    assert offer is not None
    assert (offer.lacks, [held.stage for held in offer.custodies]) == ("", ["confirm"])
    for result in scope.unharmed:
        with pytest.raises(BadInput, match="result_not_harmed"):
            raised(county, ticket, at=later, custody=3, result=result)


def test_a_measure_is_a_harmed_result_only_below_its_threshold_in_the_tickets_town(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    ticket = live_a_month(county)
    with county.write() as session:
        rankings.make(session, None, HOUR, ON)
    with county.read() as session:
        row_, setting = session.get_one(Ticket, ticket), county_context(session)
        scope = scope_of(session, setting, row_, HOUR + timedelta(hours=1))
    # Of three households named for exit one meets everything; the one closed ticket was late in the town's hands.
    assert {name: (shown["town"], shown["values"]) for name, shown in scope.results.items() if "values" in shown} == {
        "1:haves": ("town-a", [["haves", 1, 3, 100]]),
        "1:time": ("town-a", [["time", 0, 1, 100]]),
    }


@pytest.mark.parametrize(("town", "harmed"), [("town-a", {"1:haves", "1:time"}), ("town-b", {"1:haves"})])
def test_a_case_about_a_towns_duty_names_what_its_own_town_misses(engine: Engine, town: str, harmed: set[str]) -> None:
    """Seen: a town's late duty, and the harmed result was the sum of all towns; one with 3 of 3 could be named for 33/41."""
    duty = {
        "code": "walk",
        "name": {"zh": "逐户核查", "en": "walk"},
        "item": 1,
        "units": ["towns"],
        "period": "yearly",
        "due": {"by": "date", "date": "11-12"},
        "evidence": {"zh": "核查表", "en": "list"},
    }
    county = settle_county(engine, ranked_with({"duties": {"list": [duty]}}))
    live_a_month(county)
    duty_opening.run(county.read, county.write, START)
    with county.write() as session:
        rankings.make(session, None, HOUR, ON)
    with county.read() as session:
        late = session.scalars(select(Ticket).where(Ticket.duty_unit_id == county.units[town])).one()
        scope = scope_of(session, county_context(session), late, HOUR + timedelta(hours=1))
    shown = {name: value["town"] for name, value in scope.results.items() if "values" in value}
    assert shown == dict.fromkeys(harmed, town)


def test_a_case_names_no_share_of_another_have_than_its_tickets(engine: Engine) -> None:
    """Seen: a case about an income, and the harmed result was the share of households with safe water."""
    shares = [
        {
            "code": f"{have}_met",
            "name": {"zh": f"{have}达标率", "en": have},
            "item": 1,
            "of": ["households.have_met"],
            "to": ["households.pre_exit"],
            "have": have,
        }
        for have in ("water", "tv")
    ]
    haves = [{"code": have, "name": {"zh": have, "en": have}} for have in ("water", "tv")]
    county = settle_county(engine, ranked_with({"measures": shares, "haves": haves}), households=6)
    add_seconds(county)
    ticket = live_a_month(county)
    with county.write() as session:
        rankings.make(session, None, HOUR, ON)
    with county.read() as session:
        scope = scope_of(session, county_context(session), session.get_one(Ticket, ticket), HOUR + timedelta(hours=1))
    assert "1:water_met" in scope.results
    assert "1:tv_met" in scope.unharmed
