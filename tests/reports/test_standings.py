"""Standings on papers: ties are never cut, a range of places is announced only where there is one, no data is said once."""

from typing import Any

from sqlalchemy import Engine

from reports import passages, standings
from reports.chinese import share
from reports.ties import ends, first, groups, some
from tests.support.factories import County, settle_county, small_scheme, words
from workflow.county.context import CountyContext, county_context
from workflow.policy.scheme.measures import Measure

TOWNS = [f"t{n}" for n in range(1, 9)]
MEASURE = Measure.model_validate(
    {"code": "m", "name": words("完成率"), "item": 1, "of": ["tickets.closed"], "to": ["tickets.closed"], "minimum": 1}
)


def setting_of(engine: Engine) -> CountyContext:
    """A county of eight towns: 一镇 to 八镇."""
    plain = small_scheme().model_dump(mode="json")
    others = [unit for unit in plain["units"] if unit["type"] != "town"]
    towns = [
        {"code": code, "name": f"{numeral}镇", "name_en": code, "type": "town"}
        for code, numeral in zip(TOWNS, "一二三四五六七八", strict=True)
    ]
    both = [unit for unit in plain["units"] if unit["type"] == "town"]
    county: County = settle_county(
        engine, type(small_scheme()).model_validate(plain | {"units": [*towns, *both, *others]})
    )
    with county.read() as session:
        return county_context(session)


def standing(*scores: int | None, coverage: int = 100, worst: int = 0) -> list[dict[str, Any]]:
    """Lines of a table with these scores in order; with `worst` every place may still fall to it."""
    lines = []
    for town, score in zip(TOWNS, scores, strict=False):
        place = None if score is None else 1 + sum(other is not None and other > score for other in scores)
        lines.append(
            {
                "town": town,
                "score": score,
                "place": place,
                "coverage": coverage if score is not None else 0,
                "best": place,
                "worst": worst or place,
            }
        )
    return lines


def counted(*shares: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"town": town, "of": of, "to": to} for town, (of, to) in zip(TOWNS, shares, strict=False)]


def test_the_ends_of_a_ranking_are_never_cut_within_a_tie(engine: Engine) -> None:
    setting = setting_of(engine)

    def text(*scores: int) -> str:
        return standings.ranked(setting, standing(*scores))[0]

    assert "排名靠前的是一镇（90.00分）、二镇（80.00分）、三镇、四镇（均70.00分）；靠后的是" in text(
        9000, 8000, 7000, 7000, 600, 500, 400, 300
    )
    # Ten of ten at zero are not three.
    assert text(9000, 0, 0, 0, 0, 0, 0, 0).endswith(
        "排名靠前的是一镇（90.00分）；靠后的是二镇、三镇、四镇等7个镇（均0.00分）。"
    )
    # No town is at both ends.
    assert text(9000, 8000).endswith("排名靠前的是一镇（90.00分）；靠后的是二镇（80.00分）。")
    assert text(0, 0, 0).endswith("各镇得分相同。")


def test_the_towns_furthest_below_a_threshold_are_named_with_all_that_are_tied(engine: Engine) -> None:
    setting = setting_of(engine)
    tied = passages._measure(setting, MEASURE, counted((0, 5), (0, 4), (0, 3), (0, 2), (0, 9), (1, 2), (1, 1)))
    assert tied.endswith("未达100%的镇6个，最低的是一镇、二镇、三镇等5个镇均0%")
    going_on = passages._measure(setting, MEASURE, counted((0, 5), (1, 4), (1, 2), (2, 4), (3, 4), (1, 1)))
    assert going_on.endswith("未达100%的镇5个，最低的是一镇0%，二镇25.00%，三镇、四镇均50.00%")
    # A few are all of them, and none of them is "the lowest".
    assert passages._measure(setting, MEASURE, counted((0, 5), (1, 1))).endswith("未达100%的镇1个（一镇0%）")


def test_a_range_of_places_is_announced_only_where_a_place_can_still_change(engine: Engine) -> None:
    setting = setting_of(engine)
    certain, open_ = standing(9000, 8000, coverage=80), standing(9000, 8000, coverage=80, worst=2)
    assert "缺数指标不计入得分。" in "".join(standings.ranked(setting, certain))
    assert "名次可能变动的范围见下表" in "".join(standings.ranked(setting, open_))
    assert standings.places(setting, certain, None, {}).head == ["名次", "镇", "得分", "已有数据"]
    assert standings.places(setting, open_, None, {}).head == ["名次", "镇", "得分", "已有数据", "可能名次"]
    assert standings.places(setting, standing(9000, 8000), None, {}).head == ["名次", "镇", "得分"]


def test_no_data_is_said_once_and_has_no_score_to_list(engine: Engine) -> None:
    setting = setting_of(engine)
    assert standings.ranked(setting, standing(None, None, None)) == ["各镇均无数据，本期不计算得分，不排名次。"]
    told = standings.ranked(setting, standing(9000, 8000, None, coverage=85))
    assert "三镇无数据，不计算得分，不排名次。" in told
    assert not any("按已有数据0%" in text for text in told)


def test_runs_of_one_value_stay_together() -> None:
    runs = groups([(0, 5), (0, 3), (1, 3)], lambda pair: share(*pair))
    assert runs == [[(0, 5), (0, 3)], [(1, 3)]]
    assert first(runs, 1) == [[(0, 5), (0, 3)]]
    assert ends([[1], [2], [3], [4], [5], [6], [7]]) == ([[1], [2], [3]], [[5], [6], [7]])
    assert ends([[1], [2], [3], [4]]) == ([[1], [2], [3]], [[4]])
    assert some(["甲", "乙", "丙", "丁"]) == "甲、乙、丙、丁"
