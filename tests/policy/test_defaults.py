"""Defaults: what a scheme has that says nothing of it, and between which bounds a scheme may say otherwise."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.support.factories import small_scheme, words
from workflow.policy.scheme.accountability import Accountability, Ladder
from workflow.policy.scheme.duties import Count, Duties, Duty, FormField
from workflow.policy.scheme.exit_rules import ExitRule, Have, IncomeAverage, IncomeRule
from workflow.policy.scheme.measures import CountyMeasure, Measure, RankingRule
from workflow.policy.scheme.parts import Days
from workflow.policy.scheme.thresholds import Asking, Decline, Signals, SpotChecks


@pytest.mark.parametrize(
    ("part", "values"),
    [
        (Asking(), {"last_hours": 4, "answer_days": 2, "extension_days": 15}),
        (
            Signals(),
            {"quick_minutes": 15, "last_hours": 4, "at_once": 5, "at_once_minutes": 10, "reopened_days": 10},
        ),
        (SpotChecks(), {"percent": 10, "least": 1, "most": 5, "days": 10, "by": "towns"}),
        (
            RankingRule(),
            {"days": (10, 20, 30), "at": "17:00", "appeal_days": 3, "report_days": 1, "report_at": "12:00"},
        ),
        (ExitRule(), {"evidence_days": 90, "visit_days": 30, "observe_days": None, "kept": (), "income": None}),
        (Accountability(), {"decides": None, "statement_days": 5, "appeal_days": 10}),
        (Duties(), {"grace": 5, "groups": (), "list": ()}),
        (Have(code="x", name=words("x")), {"optional": False, "of_people": False}),  # type: ignore[arg-type]
        (FormField(code="x", name=words("x")), {"type": "text", "required": True}),  # type: ignore[arg-type]
        (Count(unit=words("x"), target=1), {"together": False, "pace": "days", "of": None}),  # type: ignore[arg-type]
        (
            Measure(code="x", name=words("x"), item=1, of=["tickets.closed"], to=["tickets.closed"]),  # type: ignore[arg-type]
            {"minimum": 1, "benchmark": 90, "weight": 1, "threshold": 100},
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_scheme_has_that_says_nothing_of_it(part: BaseModel, values: dict[str, Any]) -> None:
    assert {name: getattr(part, name) for name in values} == values


def test_a_ladder_counts_a_paper_as_received_after_one_working_day() -> None:
    assert small_scheme().ladder.deemed_receipt == 1
    assert Ladder.model_fields["deemed_receipt"].default == 1
    assert (IncomeRule.model_fields["allowance"].default, IncomeAverage.model_fields["example"].default) == (
        True,
        False,
    )
    assert Duty.model_fields["whole_year"].default is False


@pytest.mark.parametrize(
    ("part", "name", "least", "most"),
    [
        (Asking, "last_hours", 0, 80),
        (Asking, "answer_days", 1, 400),
        (Asking, "extension_days", 1, 400),
        (Signals, "quick_minutes", 1, 2000),
        (Signals, "last_hours", 0, 80),
        (Signals, "at_once", 2, 1000),
        (Signals, "at_once_minutes", 1, 1440),
        (SpotChecks, "percent", 1, 100),
        (SpotChecks, "least", 1, 1000),
        (SpotChecks, "most", 1, 1000),
        (RankingRule, "appeal_days", 1, 400),
        (ExitRule, "evidence_days", 1, 400),
        (Accountability, "appeal_days", 1, 400),
    ],
)
def test_a_figure_of_a_scheme_lies_between_its_bounds(part: Any, name: str, least: int, most: int) -> None:
    for value in (least, most):
        assert getattr(part(**{name: value}), name) == value
    for value in (least - 1, most + 1):
        with pytest.raises(ValidationError):
            part(**{name: value})


@pytest.mark.parametrize(
    ("part", "name", "least", "most"),
    [
        (Decline, "rounds", 0, 10),
        (Measure, "benchmark", 0, 100),
        (Measure, "weight", 1, 1000),
        (Measure, "minimum", 1, None),
        (CountyMeasure, "threshold", 1, 100),
        (Count, "target", 1, None),
    ],
)
def test_a_figure_of_a_part_lies_between_its_bounds(part: Any, name: str, least: int, most: int | None) -> None:
    field = part.model_fields[name]
    adapter = TypeAdapter(part.__annotations__[name])
    for value in (least, *([most] if most else [])):
        assert adapter.validate_python(value) == value
    for value in (least - 1, *([most + 1] if most else [])):
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
    assert field is not None


def test_a_limit_is_from_one_to_four_hundred_days() -> None:
    days = TypeAdapter(Days)
    assert [days.validate_python(value) for value in (1, 400)] == [1, 400]
    for value in (0, 401):
        with pytest.raises(ValidationError):
            days.validate_python(value)


def test_a_kind_has_the_limits_of_its_own_and_for_the_rest_the_general_ones() -> None:
    plain = small_scheme().model_dump(mode="json")
    plain["kinds"][0]["limits"] = {"normal": {"mend": 7}, "urgent": {"cap": 12}}
    scheme = small_scheme(kinds=plain["kinds"])
    said = {
        (kind, urgent): (limits.mend, limits.cap, limits.vet)
        for kind in ("water", "power")
        for urgent in (False, True)
        if (limits := scheme.limits_for(kind, urgent))
    }
    assert said == {
        ("water", False): (7, 40, 2),
        ("water", True): (1, 12, 1),
        ("power", False): (10, 40, 2),
        ("power", True): (1, 10, 1),
    }
    stops = [str(scheme.hard_stop_date(*asked)) for asked in (("house", "quota", 2018), ("house", "other", 2018))]
    assert stops == ["2018-12-20", "None"]
    assert scheme.hard_stop_date("water", None, 2018) is None
    with pytest.raises(KeyError):
        scheme.indicator(2)
