"""Score formula: properties that hold for any counts."""

import random
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.factories import small_scheme, words
from workflow.assessment.ranking.ranking_figures import standing
from workflow.policy.ranking_days import is_ranking_day, moment_of, ranking_days
from workflow.policy.scheme.measures import RankingRule
from workflow.policy.scheme.model import Scheme
from workflow.policy.scoring import mean, places, published, score

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
            "benchmark": 80,
            **measure,
        },
        {
            "code": "told",
            "name": words("填报率"),
            "item": 2,
            "of": ["reported.numerator"],
            "to": ["reported.denominator"],
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


def county(shares: dict[str, dict[str, tuple[int, int]]], of: Scheme = SCHEME) -> dict[str, tuple[int, int]]:
    return {line["town"]: (line["place"], line["score"]) for line in standing(of, shares)["county"]}


@given(counts, counts, st.randoms(use_true_random=False))
def test_the_order_in_which_towns_stand_in_the_scheme_decides_nothing(
    time: Any, figures: Any, chance: random.Random
) -> None:
    shuffled = list(SCHEME.units)
    chance.shuffle(shuffled)
    other = SCHEME.model_copy(update={"units": tuple(shuffled)})
    other.__dict__.pop("_units", None)
    assert county({"time": time, "told": figures}) == county({"time": time, "told": figures}, other)


@given(counts, counts)
def test_equal_scores_share_a_place_and_the_next_place_counts_them(time: Any, figures: Any) -> None:
    placed = county({"time": time, "told": figures})
    for place, value in placed.values():
        assert place == 1 + sum(other > value for _, other in placed.values())
    assert placed["t1"][0] == placed["t2"][0] or placed["t1"][1] != placed["t2"][1]


@given(counts, counts, st.sampled_from(TOWNS), st.booleans())
def test_one_more_resolved_on_time_never_lowers_a_town(time: Any, figures: Any, town: str, was_open: bool) -> None:
    """Holds for a ticket not counted before, and for one overdue and then closed by a ruling that charges another unit."""
    before = county({"time": time, "told": figures})
    got, of = time[town]
    more = (got + 1, of) if was_open and got < of else (got + 1, of + 1)
    after = county({"time": time | {town: more}, "told": figures})
    assert after[town][1] >= before[town][1]
    assert after[town][0] <= before[town][0]


@given(st.fixed_dictionaries({town: share.filter(lambda s: s[1] >= 3) for town in TOWNS}), counts, st.integers(2, 9))
def test_scaling_all_towns_alike_changes_nothing(time: Any, figures: Any, times: int) -> None:
    figures = {town: s if s[1] else (0, 1) for town, s in figures.items()}

    def scaled(given: Any) -> Any:
        return {town: (got * times, of * times) for town, (got, of) in given.items()}

    assert county({"time": time, "told": figures}) == county({"time": scaled(time), "told": scaled(figures)})


@settings(max_examples=50)
@given(counts, counts)
def test_a_town_below_the_minimum_is_shown_and_not_ranked_on_the_measure(time: Any, figures: Any) -> None:
    (measure,) = (m for m in standing(SCHEME, {"time": time, "told": figures})["measures"] if m["code"] == "time")
    for line in measure["towns"]:
        assert (line["of"], line["to"]) == time[line["town"]]
        assert (line["place"] is None) == (line["to"] < 3)


def test_scores_worked_out_by_hand() -> None:
    time = {"t1": (9, 10), "t2": (1, 2), "t3": (0, 0), "t4": (4, 4)}
    figures = {"t1": (93, 100), "t2": (50, 100), "t3": (100, 100), "t4": (0, 0)}
    # Item 1 weighs 2, item 2 weighs 1.  t1: (90·2 + 100)/3.  t2: half of two, and one missing at 80: (100 + 80)/3 = 60;
    # 50 of 93 earn 53.763…; (60·2 + 53.763)/3.  t3: no volume, 80; full marks above 93; (160 + 100)/3.
    # t4: 100; nothing reported counts at 90; (200 + 90)/3.
    assert county({"time": time, "told": figures}) == {
        "t4": (1, 9667),
        "t1": (2, 9333),
        "t3": (3, 8667),
        "t2": (4, 5792),
    }


def test_a_bureau_ranks_the_towns_on_its_own_items_alone() -> None:
    time = dict.fromkeys(TOWNS, (1, 4)) | {"t2": (4, 4)}
    figures = dict.fromkeys(TOWNS, (100, 100)) | {"t2": (1, 100)}
    units = {entry["unit"]: entry for entry in standing(SCHEME, {"time": time, "told": figures})["units"]}
    assert set(units) == {"water", "power"}
    assert units["power"]["items"] == [1]
    assert units["power"]["towns"][0] == {"town": "t2", "place": 1, "score": 10000}
    assert units["water"]["items"] == [1, 2]


def test_places_are_by_what_is_published() -> None:
    # 3.333… and 3.334 are both published as 3.33.
    scores = {"a": published(Fraction(10, 3)), "b": published(Fraction(3334, 1000)), "c": 1, "d": None}
    assert places(scores) == {"a": 1, "b": 1, "c": 3, "d": None}
    assert mean([]) is None
    assert score(SCHEME.measures[1], (93, 100)) == 100
    assert published(Fraction(1, 200)) == 0
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
