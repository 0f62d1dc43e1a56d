"""A typed figure is held against the system's own rows and the last one: refused, sent with a reason, or asked once more."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Ranking, ReportedFigure
from tests.support.duties import duty
from tests.support.factories import County, settle_county, words
from tests.support.households import people
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.texts import SENTENCE
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import own_counts, rankings
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import parse_scheme
from workflow.register.counted import quota, villages
from workflow.register.counted.villages import Description

OWN = {
    "trained": {"to": ["people.labourers"]},
    "insured": {"of": ["people.insured"], "to": ["people.registered"]},
    "listed": {"most": ["villages.listed"]},
    "quota": {"most": ["quota.target"], "of": ["quota.finished"]},
    "plain": {},
    "sample": {"most": ["households.on_register"]},
    "money": {},
}
#: What is usual where no rows bound a figure: so many for each person of the register.
USUAL = {"money": {"each": 100, "per": ["people.registered"], "why": words("财政系统")}}
EARLY = HOUR - timedelta(days=10)


def bounded_scheme() -> Scheme:
    content = ranked_scheme().model_dump(mode="json")
    content["measures"] = [
        {
            "code": code,
            "name": words(code),
            "item": 9,
            "of": ["reported.numerator"],
            "to": ["reported.denominator"],
            "numerator": words("已完成户数"),
            "denominator": words("应完成户数"),
            "unit": words("户"),
            "reported_by": "power",
            "own": own,
            "plausible": USUAL.get(code),
        }
        for code, own in OWN.items()
    ]
    count = {"target": 9, "together": True, "split": {"town-a": 4, "town-b": 5}, "of": "quota", "unit": words("户")}
    houses = duty("houses", ["towns"], "yearly", {"by": "date", "date": "12-20"}, item=10, count=count)
    return Scheme.model_validate(content | {"duties": {"list": [houses]}})


def paid_scheme() -> Scheme:
    """A county measure whose denominator the register counts, 2 for each labourer."""
    content = bounded_scheme().model_dump(mode="json")
    content["county_measures"] = [
        {
            "code": "paid",
            "name": words("拨付率"),
            "item": 9,
            "of": ["reported.numerator"],
            "to": ["people.labourers"],
            "each": 2,
            "numerator": words("已拨付"),
            "denominator": words("应拨付"),
            "unit": words("万元"),
            "reported_by": "power",
        }
    ]
    return parse_scheme(Scheme.model_validate(content).model_dump_json())


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, bounded_scheme())
    people(county, {"labour": "with", "insured": True}, {"labour": "with", "insured": True}, {"labour": "none"})
    with county.write() as session:
        listed = {"town-a-v1": Description(True, None)}
        villages.describe(session, county.people["office"], EARLY, listed)
        quota.add(session, county.people["town"], county_context(session), EARLY, ["A1"])
    return county


def send(
    county: County, code: str, numerator: int, denominator: int, moment: datetime = HOUR, **assent: Any
) -> list[ReportedFigure]:
    with county.write() as session:
        setting = county_context(session)
        own = own_counts.own_now(session, setting, code, moment)
        return reported_figures.report(
            session,
            county.people["power"],
            setting,
            moment,
            code,
            moment.date(),
            [Line("甲镇", numerator, denominator)],
            "名册",
            own,
            Assent(**assent),
        )


def refused(county: County, *figure: Any, **more: Any) -> tuple[str, str | None, object]:
    with pytest.raises(BadInput) as refusal:
        send(county, *figure, **more)
    return refusal.value.code, refusal.value.field, refusal.value.params.get("box")


@pytest.mark.parametrize("code", OWN)
def test_nothing_of_nothing_and_a_part_above_its_whole_are_refused_at_their_boxes(county: County, code: str) -> None:
    assert refused(county, code, 0, 0, reason=SENTENCE) == ("figure_of_nothing", "figures", "to-town-a")
    assert refused(county, code, 3, 2, reason=SENTENCE) == ("figure_share", "figures", "of-town-a")
    too_large = refused(county, code, 3, 10_000_001, reason=SENTENCE)[0]
    assert too_large in ("figure_too_large", "figure_whole_counted")


@pytest.mark.parametrize(
    ("code", "figure", "most"),
    [("listed", (999_000, 1_000_000), 1), ("quota", (9_000, 9_000), 4), ("quota", (5, 5), 4)],
)
def test_beyond_the_listed_villages_or_the_split_no_reason_helps(
    county: County, code: str, figure: tuple[int, int], most: int
) -> None:
    with pytest.raises(BadInput) as refusal:
        send(county, code, *figure, reason="真的", sure=True)
    assert (refusal.value.code, refusal.value.params["most"], refusal.value.params["box"]) == (
        "figure_beyond",
        most,
        "to-town-a",
    )


@pytest.mark.parametrize(
    ("code", "figure", "box"),
    [("trained", (1, 3), "to-town-a"), ("insured", (2, 4), "to-town-a"), ("insured", (3, 3), "of-town-a")],
)
def test_more_than_the_rows_know_is_sent_only_with_its_reason(
    county: County, code: str, figure: tuple[int, int], box: str
) -> None:
    assert refused(county, code, *figure) == ("figure_above_rows", "reason", box)
    for nothing in ("  ", "无", "——"):
        assert refused(county, code, *figure, reason=nothing) == ("figure_above_rows", "reason", box)
    (row,) = send(county, code, *figure, reason="名册未更新")
    assert row.reason == "名册未更新"


def test_up_to_what_the_rows_know_needs_no_reason_and_keeps_none(county: County) -> None:
    (row,) = send(county, "insured", 2, 3, reason="多写的")
    assert row.reason == ""


@pytest.mark.parametrize(("figure", "asked"), [((60, 100), True), ((70, 100), False), ((70, 101), True)])
def test_a_jump_of_the_share_is_asked_once_more(county: County, figure: tuple[int, int], asked: bool) -> None:
    send(county, "plain", 100, 100, EARLY)
    if asked:
        assert refused(county, "plain", *figure) == ("figure_jump", "sure", "of-town-a")
    assert len(send(county, "plain", *figure, sure=True)) == 1


@pytest.mark.parametrize(
    ("before", "after", "box"),
    [
        ((8, 11), (999_999, 1_000_000), "to-town-a"),
        ((42, 47), (1, 1), "to-town-a"),
        ((40, 100), (61, 100), "of-town-a"),
        ((8, 11), (9, 12), None),
        ((4, 8), (8, 16), None),
        ((95, 100), (140, 145), None),
    ],
)
def test_a_jump_of_the_magnitude_of_either_part_is_asked_once_more(
    county: County, before: tuple[int, int], after: tuple[int, int], box: str | None
) -> None:
    """Seen: a million after eleven and one of one after 42 of 47 went through unasked."""
    send(county, "plain", *before, EARLY)
    if box is not None:
        with pytest.raises(BadInput) as refusal:
            send(county, "plain", *after, reason="真的")
        error = refusal.value
        assert (error.code, error.field, error.params["box"]) == ("figure_jump", "sure", box)
        assert error.params["jumps"] == f"甲镇 {before[0]}/{before[1]} → {after[0]}/{after[1]}"
    assert len(send(county, "plain", *after, sure=True)) == 1


def test_the_scheme_says_from_where_on_a_change_is_a_jump(engine: Engine) -> None:
    content = bounded_scheme().model_dump(mode="json")
    content["figures"] = {"magnitude": 100, "least": 3}
    county = settle_county(engine, Scheme.model_validate(content))
    send(county, "plain", 2, 2, EARLY)
    assert refused(county, "plain", 5, 5) == ("figure_jump", "sure", "to-town-a")
    assert len(send(county, "plain", 4, 4)) == 1


def test_all_jumps_of_a_report_are_named_at_once(county: County) -> None:
    def both(moment: datetime, *figures: tuple[int, int], sure: bool = False) -> None:
        lines = [Line(town, *figure) for town, figure in zip(("甲镇", "乙镇"), figures, strict=True)]
        with county.write() as session:
            setting, who = county_context(session), county.people["power"]
            day = moment.date()
            reported_figures.report(session, who, setting, moment, "plain", day, lines, "名册", {}, Assent("", sure))

    both(EARLY, (8, 11), (42, 47))
    with pytest.raises(BadInput) as refusal:
        both(HOUR, (80, 110), (1, 1))
    assert refusal.value.params["jumps"] == "甲镇 8/11 → 80/110；乙镇 42/47 → 1/1"
    both(HOUR, (80, 110), (1, 1), sure=True)


@pytest.mark.parametrize(("figure", "box"), [((1, 1), "to-town-a"), ((1, 30), "of-town-a"), ((12, 16), None)])
def test_far_less_than_the_rows_know_is_sent_only_with_its_reason(
    engine: Engine, figure: tuple[int, int], box: str | None
) -> None:
    county = settle_county(engine, bounded_scheme())
    people(county, *[{"insured": True}] * 20, *[{"insured": False}] * 10)
    if box is not None:
        assert refused(county, "insured", *figure) == ("figure_below_rows", "reason", box)
    (row,) = send(county, "insured", *figure, reason="只统计在家人口")
    assert row.reason == ("只统计在家人口" if box else "")


def test_a_sample_is_never_larger_than_what_it_is_drawn_from_and_both_are_named(county: County) -> None:
    """Seen: 900000 of 1000000 for a town of 42 households was taken unasked, as its first figure."""
    with pytest.raises(BadInput) as refusal:
        send(county, "sample", 900_000, 1_000_000, reason="真的", sure=True)
    error = refusal.value
    assert (error.code, error.params["box"]) == ("figure_beyond", "to-town-a")
    named = {name: error.params[name] for name in ("figure", "whole_zh", "most", "from_zh")}
    assert named == {"figure": 1_000_000, "whole_zh": "应完成户数", "most": 3, "from_zh": "在档户数"}
    assert send(county, "sample", 1, 1)[0].reason == ""


def test_a_first_whole_beyond_what_is_usual_needs_a_reason(county: County) -> None:
    assert refused(county, "money", 900_000, 1_000_000, sure=True) == ("figure_implausible", "reason", "to-town-a")
    assert refused(county, "money", 1, 301, sure=True, reason="无") == ("figure_implausible", "reason", "to-town-a")
    assert send(county, "money", 299, 300)[0].reason == ""
    (row,) = send(county, "money", 400, 900, HOUR + timedelta(days=1), reason="追加资金已到位", sure=True)
    assert row.reason == "追加资金已到位"


@pytest.mark.parametrize(("figure", "box"), [((10, 20), "to-town-a"), ((10, 200), "of-town-a"), ((160, 210), None)])
def test_without_rows_a_change_of_magnitude_needs_a_reason_and_not_only_a_tick(
    county: County, figure: tuple[int, int], box: str | None
) -> None:
    send(county, "money", 150, 200, EARLY)
    if box is not None:
        assert refused(county, "money", *figure, sure=True) == ("figure_magnitude", "reason", box)
        assert refused(county, "money", *figure, reason="项目调减") == ("figure_jump", "sure", box)
    (row,) = send(county, "money", *figure, sure=True, reason="项目调减")
    assert row.reason == ("项目调减" if box else "")


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_every_reported_measure_is_bounded_by_rows_or_the_scheme_says_why_not(path: Path) -> None:
    scheme = shipped_scheme(path)
    reported = [measure for measure in (*scheme.measures, *scheme.county_measures) if measure.reported_by]
    assert reported
    for measure in reported:
        # Seen: contracts and training had a count to differ from, and nothing that they could not exceed.
        bounded = measure.own.most or measure.whole_counted
        assert bounded or measure.plausible is not None, measure.code
        assert not (bounded and measure.plausible), measure.code


def test_the_whole_of_item_14_is_counted_from_the_register_and_only_what_was_paid_is_reported(engine: Engine) -> None:
    """Seen: the finance bureau typed how much was due, though the register knows who is able to work."""
    county = settle_county(engine, paid_scheme())
    people(county, {"labour": "with"}, {"labour": "partly"}, {"labour": "none"})

    later = EARLY + timedelta(hours=1)

    def paid(numerator: int, denominator: int) -> None:
        with county.write() as session:
            setting, who = county_context(session), county.people["power"]
            own, lines = own_counts.own_now(session, setting, "paid", later), [Line("power", numerator, denominator)]
            reported_figures.report(session, who, setting, later, "paid", later.date(), lines, "财政系统", own)

    def of_county(row: Ranking) -> tuple[int, int]:
        (entry,) = row.content["of_county"]
        return entry["of"], entry["to"]

    send(county, "plain", 8, 10, EARLY)
    # Without what was paid there is no data, whatever the register holds.
    assert of_county(make_ranking(county, EARLY, date(2018, 11, 20))) == (0, 0)
    with pytest.raises(BadInput) as refusal:
        paid(3, 900)
    assert (refusal.value.code, refusal.value.params["rows"]) == ("figure_whole_counted", 4)
    paid(3, 4)
    assert of_county(make_ranking(county)) == (3, 4)
    with county.read() as session:
        assert all(rankings.recompute(session, row).holds for row in session.scalars(select(Ranking)))


def test_the_figure_it_corrects_is_no_earlier_one(county: County) -> None:
    send(county, "plain", 1, 100)
    assert len(send(county, "plain", 90, 100, HOUR + timedelta(hours=1), reason="填反了")) == 1


def test_the_gap_stands_beside_the_figure_in_the_ranking_and_is_proved(county: County) -> None:
    send(county, "insured", 3, 4, HOUR - timedelta(days=1), reason="名册未更新")
    row = make_ranking(county)
    lines = {entry["code"]: entry["towns"][0] for entry in row.content["measures"]}
    assert lines["insured"]["own"] == [2, 3]
    assert lines["quota"]["own"] == [0, None]
    assert "own" not in lines["plain"]
    with county.read() as session:
        assert rankings.recompute(session, session.scalars(select(Ranking)).one()).holds
    assert row.on == ON
    assert isinstance(row.on, date)
