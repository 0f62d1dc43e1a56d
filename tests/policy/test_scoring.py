"""Score formula: properties that hold for any counts."""

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.factories import small_scheme, words
from tests.support.thorough import tries
from workflow.assessment.ranking.ranking_figures import standing
from workflow.assessment.ranking.worked_example import Step, work_out
from workflow.policy import scoring_version_1
from workflow.policy.ranking_days import is_ranking_day, moment_of, ranking_days
from workflow.policy.scheme.measures import RankingRule
from workflow.policy.scheme.model import Scheme
from workflow.policy.scoring import Mark, mark, marks, mean, places, published

TOWNS = ("t1", "t2", "t3", "t4")


def scheme(**measure: Any) -> Scheme:
    def unit(code: str, kind: str) -> dict[str, Any]:
        return {"code": code, "name": code, "name_en": code, "type": kind}

    measures = [
        {
            "code": "time",
            "name": words("按时率"),
            "item": 1,
            "of": ["tickets.closed_on_time"],
            "to": ["tickets.closed", "tickets.open_overdue"],
            "minimum": 3,
            **measure,
        },
        {
            "code": "told",
            "name": words("填报率"),
            "item": 2,
            "of": ["reported.numerator"],
            "to": ["reported.denominator"],
            "numerator": words("已完成户数"),
            "denominator": words("应完成户数"),
            "reported_by": "water",
            "threshold": 93,
        },
    ]
    units = [unit(code, "town") for code in TOWNS]
    units += [unit("water", "bureau"), unit("power", "bureau"), unit("office", "office"), unit("leaders", "leaders")]
    indicators = [
        {"number": 1, "title": words("一"), "towns": True, "units": ["water", "power"], "tasks": words("一")},
        {"number": 2, "title": words("二"), "towns": True, "units": ["water"], "tasks": words("二")},
    ]
    kinds = [
        {
            "code": "water",
            "name": words("饮水"),
            "indicator": 1,
            "routes": [{"code": "water", "lead": "water", "confirmer": "town", "reason": words("r"), "when": {}}],
        }
    ]
    return small_scheme(units=units, indicators=indicators, kinds=kinds, measures=measures, ranking={"weights": {1: 2}})


SCHEME = scheme()
share = st.integers(0, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
counts = st.fixed_dictionaries(dict.fromkeys(TOWNS, share))


Places = dict[str, tuple[int | None, int | None]]


def county(shares: dict[str, dict[str, tuple[int, int]]], of: Scheme = SCHEME) -> Places:
    return {line["town"]: (line["place"], line["score"]) for line in standing(of, shares)["county"]}


def lines(shares: dict[str, dict[str, tuple[int, int]]]) -> dict[str, dict[str, Any]]:
    return {line["town"]: line for line in standing(SCHEME, shares)["county"]}


@given(counts, counts, st.randoms(use_true_random=False))
def test_the_order_in_which_towns_stand_in_the_scheme_decides_nothing(
    time: Any, told: Any, chance: random.Random
) -> None:
    shuffled = list(SCHEME.units)
    chance.shuffle(shuffled)
    other = SCHEME.model_copy(update={"units": tuple(shuffled)})
    other.__dict__.pop("_units", None)
    assert county({"time": time, "told": told}) == county({"time": time, "told": told}, other)


@given(counts, counts)
def test_equal_scores_share_a_place_and_the_next_place_counts_them(time: Any, told: Any) -> None:
    placed = county({"time": time, "told": told})
    there = [value for place, value in placed.values() if place is not None and value is not None]
    for place, value in placed.values():
        assert place is None or (value is not None and place == 1 + sum(other > value for other in there))


@given(counts, counts, st.sampled_from(TOWNS), st.booleans())
def test_one_more_resolved_on_time_never_lowers_a_town(time: Any, told: Any, town: str, was_open: bool) -> None:
    """Holds for a ticket not counted before, and for one overdue and then closed by a ruling that charges another unit."""
    before = county({"time": time, "told": told})
    got, of = time[town]
    more = (got + 1, of) if was_open and got < of else (got + 1, of + 1)
    after = county({"time": time | {town: more}, "told": told})
    assert of == 0 or (after[town][1] or 0) >= (before[town][1] or 0)
    # Small bases lean on the county's share, which rises with it: among towns with bases of their own the place holds.
    if all(to >= 3 for _, to in time.values()) and None not in (before[town][0], after[town][0]):
        assert after[town][0] <= before[town][0]  # type: ignore[operator]


@given(st.fixed_dictionaries({town: share.filter(lambda s: s[1] >= 3) for town in TOWNS}), counts, st.integers(2, 9))
def test_scaling_all_towns_alike_changes_nothing(time: Any, told: Any, times: int) -> None:

    def scaled(given: Any) -> Any:
        return {town: (got * times, of * times) for town, (got, of) in given.items()}

    assert county({"time": time, "told": told}) == county({"time": scaled(time), "told": scaled(told)})


@settings(max_examples=tries(20, 50))
@given(counts, counts)
def test_a_town_below_the_minimum_is_shown_and_not_ranked_on_the_measure(time: Any, told: Any) -> None:
    (measure,) = (m for m in standing(SCHEME, {"time": time, "told": told})["measures"] if m["code"] == "time")
    for line in measure["towns"]:
        assert (line["of"], line["to"]) == time[line["town"]]
        assert (line["place"] is None) == (line["to"] < 3)


def test_scores_worked_out_by_hand() -> None:
    time = {"t1": (9, 10), "t2": (1, 2), "t3": (0, 0), "t4": (4, 4)}
    told = {"t1": (93, 100), "t2": (50, 100), "t3": (100, 100), "t4": (0, 0)}
    # Item 1 weighs 2, item 2 weighs 1.  t1: (90·2 + 100)/3.  t2: one of two, and the missing third at the county's 14 of
    # 16: (1 + 0.875)/3 = 62.5; 50 of 93 earn 53.763…; (62.5·2 + 53.763)/3 = 59.588.  t3: item 1 has no data and leaves
    # the mean: 100 on a third of the weight, too little to be placed.  t4: 100 on two thirds.
    found = lines({"time": time, "told": told})
    assert {town: (line["place"], line["score"], line["coverage"]) for town, line in found.items()} == {
        "t4": (1, 10000, 66),
        "t1": (2, 9333, 100),
        "t2": (3, 5959, 100),
        "t3": (None, 10000, 33),
    }
    # Only t4's figure is owed: it can fall to 66.67, behind t1 and still before t2.  t3 can never be placed.
    assert {town: (line["best"], line["worst"]) for town, line in found.items()} == {
        "t4": (1, 2),
        "t1": (1, 2),
        "t2": (3, 3),
        "t3": (None, None),
    }


def test_no_data_is_no_grade_and_is_said() -> None:
    empty = dict.fromkeys(TOWNS, (0, 0))
    found = standing(SCHEME, {"time": empty, "told": empty})
    assert {(line["score"], line["place"], line["coverage"]) for line in found["county"]} == {(None, None, 0)}
    assert found["without_data"] == ["time", "told"]
    assert found["owed"] == [{"unit": "water", "measure": "told", "towns": list(TOWNS)}]
    some = standing(SCHEME, {"time": empty | {"t1": (1, 1)}, "told": empty | {"t1": (9, 10)}})
    assert some["without_data"] == []
    assert some["owed"][0]["towns"] == ["t2", "t3", "t4"]


def test_a_small_base_leans_on_the_countys_own_share_and_on_no_constant() -> None:
    measure = SCHEME.measures[0]
    assert mark(measure, (1, 1), (1, 10), ((1, 10), (1, 10))).value == 40
    assert mark(measure, (1, 1), (10, 10), ((10, 10), (10, 10))).value == 100
    assert mark(measure, (0, 1), (10, 10), ((10, 10), (10, 10))).value == Fraction(6667, 100)
    # While another town's figure is missing, the county's share may still become anything.
    open_ = mark(measure, (1, 1), (10, 10), None)
    assert [open_.low, open_.value, open_.high] == [Fraction(3333, 100), Fraction(100), Fraction(100)]
    # Unless it is known how far it can still move: of ten, five to ten.
    open_ = mark(measure, (1, 1), (10, 10), ((5, 10), (10, 10)))
    assert [open_.low, open_.value, open_.high] == [Fraction(6667, 100), Fraction(100), Fraction(100)]


def test_rows_of_a_known_whole_leave_a_town_between_what_is_there_and_what_is_missing() -> None:
    """Of five villages three have an income and two reach the standard: two to four will."""
    measure, county = SCHEME.measures[0].model_copy(update={"minimum": 0}), ((40, 100), (80, 100))
    open_ = mark(measure, (0, 0), (0, 0), county, True, ((2, 5), (4, 5)))
    assert open_.value is None
    assert [open_.low, open_.high, open_.weight_known, open_.weight_open] == [40, 80, 0, 1]
    # A small base leans on the county's share at its ends.
    leaning = mark(SCHEME.measures[0], (0, 0), (0, 0), county, True, ((0, 1), (1, 1)))
    assert (leaning.low, leaning.high) == (Fraction(2667, 100), Fraction(8667, 100))
    assert mark(measure, (0, 0), (0, 0), None, True, None).high == 100
    assert mark(measure, (0, 0), (0, 0), None, True, ((0, 0), (0, 0))).high == 100


#: Full figures, and which of them had come in.
known = st.fixed_dictionaries(dict.fromkeys(TOWNS, st.booleans()))
whole = st.fixed_dictionaries({town: share.filter(lambda s: s[1] > 0) for town in TOWNS})
#: A small base of a reported figure leans on the county's share, which moves when others come in.
LEANING = SCHEME.model_copy(
    update={"measures": (SCHEME.measures[0], SCHEME.measures[1].model_copy(update={"minimum": 25}))}
)


def there(full: dict[str, tuple[int, int]], which: dict[str, bool]) -> dict[str, tuple[int, int]]:
    return {town: full[town] if which[town] else (0, 0) for town in TOWNS}


@settings(max_examples=tries(60, 200))
@given(counts, whole, known, known, known)
def test_no_figure_that_comes_in_moves_a_place_outside_the_range_that_was_printed(
    time: Any, told: Any, had: Any, more: Any, stated: Any
) -> None:
    """From any figures to any of those that were missing, some or all; so also from all to those left out.  Of a town of
    which it is stated that there is none, none is missing and none comes in."""
    spared = {"told": [town for town in TOWNS if stated[town]]}

    def ranked(which: Any) -> dict[str, dict[str, Any]]:
        came = {town: which[town] and not stated[town] for town in TOWNS}
        content = standing(LEANING, {"time": time, "told": there(told, came)}, spared=spared)
        assert all(town not in entry["towns"] for entry in content["owed"] for town in spared["told"])
        return {line["town"]: line for line in content["county"]}

    before = ranked(had)
    for which in ({town: had[town] or more[town] for town in TOWNS}, dict.fromkeys(TOWNS, True)):
        after = ranked(which)
        for town in TOWNS:
            assert after[town]["coverage"] >= before[town]["coverage"]
            if after[town]["place"] is not None:
                assert before[town]["best"] <= after[town]["place"] <= before[town]["worst"]
            else:
                assert before[town]["place"] is None
    # Once everything has come in, nothing is open any more.
    assert all((line["best"], line["worst"]) in ((line["place"],) * 2, (None, None)) for line in after.values())


#: Villages of a town: whether each reaches the standard, whether its income had come in, and whether it has since.
villages = st.fixed_dictionaries(
    dict.fromkeys(TOWNS, st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=6))
)
Villages = dict[str, list[tuple[bool, bool, bool]]]


def surveyed(rows: Villages, moment: int, whole_known: bool = True) -> tuple[dict[str, Any], dict[str, Any]]:
    """The counts of the first measure, and the towns that await incomes with their ends: before (0), since (1), with all
    there (2)."""
    found: dict[str, Any] = {}
    awaiting: dict[str, Any] = {}
    for town, homes in rows.items():
        there = [reaches for reaches, before, since in homes if (before, before or since, True)[moment]]
        got, missing = sum(there), len(homes) - len(there)
        found[town] = (0, 0) if missing else (got, len(homes))
        if missing:
            awaiting[town] = ((got, len(homes)), (got + missing, len(homes))) if whole_known else None
    return found, awaiting


@settings(max_examples=tries(80, 300))
@given(villages, whole, known, known, st.sampled_from([0, 3]))
def test_no_row_that_comes_in_moves_a_place_outside_a_range_that_knows_the_whole(
    rows: Villages, told: Any, had: Any, more: Any, minimum: int
) -> None:
    """Incomes of villages and reported figures come in, in two steps; the range only narrows, and never more than truth."""
    measures = (LEANING.measures[0].model_copy(update={"minimum": minimum}), LEANING.measures[1])
    leaning = LEANING.model_copy(update={"measures": measures})

    def ranked(moment: int, whole_known: bool = True) -> dict[str, dict[str, Any]]:
        time, awaiting = surveyed(rows, moment, whole_known)
        came = {town: had[town] or (moment > 0 and more[town]) or moment > 1 for town in TOWNS}
        content = standing(leaning, {"time": time, "told": there(told, came)}, {"time": awaiting})
        return {line["town"]: line for line in content["county"]}

    before = ranked(0)
    for moment in (1, 2):
        after = ranked(moment)
        for town in TOWNS:
            assert after[town]["coverage"] >= before[town]["coverage"]
            if after[town]["place"] is not None:
                assert before[town]["best"] <= after[town]["place"] <= before[town]["worst"]
            if before[town]["best"] is not None:
                assert before[town]["best"] <= after[town]["best"]
                assert after[town]["worst"] <= before[town]["worst"]
    for town, wide in ranked(0, whole_known=False).items():
        if wide["best"] is not None:
            assert wide["best"] <= before[town]["best"]
            assert before[town]["worst"] <= wide["worst"]


def test_a_town_with_all_but_one_income_has_the_range_of_that_one() -> None:
    """Seen: with 19 of 20 incomes entered the town could take any place."""
    told = dict.fromkeys(TOWNS, (93, 100))
    time = {"t1": (0, 0), "t2": (10, 20), "t3": (5, 20), "t4": (20, 20)}
    awaiting = {"time": {"t1": ((15, 20), (16, 20))}}
    found = {line["town"]: line for line in standing(SCHEME, {"time": time, "told": told}, awaiting)["county"]}
    assert (found["t1"]["best"], found["t1"]["worst"]) == (2, 2)
    wide = standing(SCHEME, {"time": time, "told": told}, {"time": {"t1": None}})["county"]
    assert [(line["best"], line["worst"]) for line in wide if line["town"] == "t1"] == [(1, 4)]


@given(counts, counts)
def test_a_town_recomputes_its_score_and_place_from_what_is_published_with_pen_and_paper(time: Any, told: Any) -> None:
    content = standing(SCHEME, {"time": time, "told": told})
    for town in TOWNS:
        found = work_out(SCHEME, content, town)
        assert found is not None
        items: list[tuple[Decimal, int]] = []
        for item in found.items:
            # Two decimals at every step, half up, and nothing but what is printed.
            parts = [(by_hand(step), step.measure.weight) for step in item.steps if step.to]
            assert [round(part * 100) for part, _ in parts] == [step.score for step in item.steps if step.to]
            if parts:
                items.append((weighed(parts), item.weight))
        total = weighed(items) if items else None
        assert found.line["score"] == (None if total is None else int(total * 100))
        if found.line["place"]:
            above = [line for line in content["county"] if line["place"] and line["score"] > found.line["score"]]
            assert found.line["place"] == 1 + len(above)


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def weighed(parts: list[tuple[Decimal, int]]) -> Decimal:
    return cents(sum((part * weight for part, weight in parts), Decimal(0)) / sum(weight for _, weight in parts))


def by_hand(step: Step) -> Decimal:
    def full(of: int, to: int) -> Decimal:
        return min(Decimal(100), Decimal(of) * 10000 / (to * step.measure.threshold))

    if not step.missing:
        return cents(full(step.of, step.to))
    county = full(step.county_of, step.county_to)
    return cents((full(step.of, step.to) * step.to + county * step.missing) / step.measure.minimum)


@given(counts, whole)
def test_with_all_figures_the_range_is_the_place(time: Any, told: Any) -> None:
    for line in lines({"time": time, "told": told}).values():
        assert (line["best"], line["worst"]) == (line["place"], line["place"])


def test_a_bureau_ranks_the_towns_on_its_own_items_alone() -> None:
    time = dict.fromkeys(TOWNS, (1, 4)) | {"t2": (4, 4)}
    told = dict.fromkeys(TOWNS, (100, 100)) | {"t2": (1, 100)}
    units = {entry["unit"]: entry for entry in standing(SCHEME, {"time": time, "told": told})["units"]}
    assert set(units) == {"water", "power"}
    assert units["power"]["items"] == [1]
    assert units["power"]["towns"][0] == {
        "town": "t2",
        "place": 1,
        "score": 10000,
        "coverage": 100,
        "best": 1,
        "worst": 1,
    }
    assert units["water"]["items"] == [1, 2]


def test_places_are_by_what_is_published() -> None:
    # 3.333… and 3.334 are both published as 3.33.
    scores = {"a": published(Fraction(10, 3)), "b": published(Fraction(3334, 1000)), "c": 1, "d": None}
    assert places(scores) == {"a": 1, "b": 1, "c": 3, "d": None}
    assert mean([]).value is None
    assert marks(SCHEME.measures[1], (93, 100)) == 100
    # Half up, as people round; the first formula rounded half to even.
    assert published(Fraction(1, 200)) == 1
    assert scoring_version_1.published(Fraction(1, 200)) == 0
    assert published(Fraction(3, 200)) == 2


def test_the_ranking_days_of_the_year_of_the_notice_and_of_two_februaries() -> None:
    rule = RankingRule(first=date(2018, 11, 20))
    assert [day.isoformat() for day in ranking_days(rule, date(2018, 1, 1), date(2018, 12, 31))] == [
        "2018-11-20",
        "2018-11-30",
        "2018-12-10",
        "2018-12-20",
        "2018-12-30",
    ]
    # 30 December 2018 is a day off and still a ranking day.
    assert is_ranking_day(rule, date(2018, 12, 30))
    assert [d.day for d in ranking_days(rule, date(2019, 2, 1), date(2019, 2, 28))] == [10, 20, 28]
    assert [d.day for d in ranking_days(rule, date(2020, 2, 1), date(2020, 3, 9))] == [10, 20, 29]
    assert [d.day for d in ranking_days(rule, date(2019, 1, 25), date(2019, 1, 31))] == [30]
    assert not is_ranking_day(rule, date(2019, 1, 31))
    assert moment_of(rule, date(2018, 11, 20)).isoformat() == "2018-11-20T09:00:00+00:00"


def test_a_mean_can_become_only_what_is_known_or_owed_makes_of_it() -> None:
    none, full = Fraction(0), Fraction(100)
    known = Mark(Fraction(80), Fraction(80), Fraction(80), Fraction(1), Fraction(1))
    owed, not_owed = (Mark(None, none, full, none, Fraction(open_)) for open_ in (1, 0))

    def said(*parts: tuple[Mark, int]) -> tuple[object, ...]:
        whole = mean(parts)
        return whole.value, whole.low, whole.high, whole.weight_known, whole.weight_open

    assert said((known, 1), (not_owed, 1)) == (80, 80, 80, Fraction(1, 2), Fraction(1, 2))
    assert said((known, 1), (owed, 1)) == (80, 40, 90, Fraction(1, 2), 1)
    assert said((known, 1), (owed, 2), (not_owed, 1)) == (
        80,
        Fraction("26.67"),
        Fraction("93.33"),
        Fraction(1, 4),
        Fraction(3, 4),
    )
    assert said((known, 3), (mark_of(20), 1)) == (65, 65, 65, 1, 1)
    assert said((owed, 1)) == (None, 0, 100, 0, 1)
    assert said((not_owed, 1)) == said() == (None, 0, 0, 0, 0)


def mark_of(value: int) -> Mark:
    """The mark of a measure whose figures are all there."""
    share = Fraction(value)
    return Mark(share, share, share, Fraction(1), Fraction(1))
