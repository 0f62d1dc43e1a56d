"""The eighth have, computed: the rule, what it refuses to assume, and that a higher income never counts as worse."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.policy.scheme.model import IncomeAverage, IncomeRule
from workflow.policy.scheme.parts import Text
from workflow.register.income import Judgement, Person, judge, threshold

RULE = IncomeRule(have="income", percent=45)
ORDER = {"unmet": 0, "unknown": 1, "met": 2}


def average(yuan: float = 17168) -> IncomeAverage:
    return IncomeAverage(year=2018, yuan=yuan, source=Text(zh="example", en="example"))


def ask(labour: str, income: int | None = None, *people: Person, yuan: float | None = 17168) -> Judgement:
    year = 2018 if income is not None else None
    return judge(RULE, average(yuan) if yuan else None, labour, income, year, people)


def codes(judgement: Judgement) -> list[tuple[str, int]]:
    return [(reason.code, reason.count) for reason in judgement.reasons]


def test_income_at_the_line_is_met_and_one_fen_below_is_not() -> None:
    # 45 per cent of 17,168 yuan are 7,725.60 yuan.
    assert ask("with", 772_560).result == "met"
    below = ask("with", 772_559)
    assert (below.result, codes(below), below.threshold_fen) == ("unmet", [("income_below", 0)], 772_560)


def test_an_average_with_fen_is_compared_exactly_and_shown_rounded_up() -> None:
    judgement = ask("with", 453_699, yuan=10082.21)
    assert threshold(RULE, average(10082.21)) == Fraction(4536994500, 10000)
    assert (judgement.result, judgement.threshold_fen) == ("unmet", 453_700)
    assert ask("with", 453_700, yuan=10082.21).result == "met"


def test_what_is_not_known_is_said_and_never_guessed() -> None:
    assert codes(ask("with")) == [("income_unknown", 0)]
    assert codes(ask("with", 900_000, yuan=None)) == [("average_missing", 0)]
    assert codes(ask("unknown", 900_000)) == [("labour_unknown", 0)]
    assert codes(ask("none", 0)) == [("members_unknown", 0)]
    assert codes(ask("none", 0, Person("none"))) == [("allowance_unknown", 1)]
    for judgement in (ask("with"), ask("with", 900_000, yuan=None), ask("unknown", 900_000), ask("none", 0)):
        assert judgement.result == "unknown"


def test_persons_beyond_help_are_covered_each_or_it_is_not_met_and_they_are_counted() -> None:
    beyond = [Person("none", True, True), Person("partly", True, False), Person("none", True, False)]
    judgement = ask("with", 900_000, *beyond)
    assert (judgement.result, codes(judgement)) == ("unmet", [("uncovered", 2)])
    assert ask("with", 900_000, Person("none", True, True)).result == "met"
    # Able to work, or unable but lifted by the household's work: no allowance is required.
    assert ask("with", 900_000, Person("with", True, False), Person("none", False, False)).result == "met"
    assert codes(ask("with", 900_000, Person("none", True, None))) == [("allowance_unknown", 1)]


def test_a_partly_able_household_with_steady_income_has_the_eighth_have() -> None:
    assert ask("partly", 772_560, Person("partly", False, False)).result == "met"
    assert codes(ask("partly", 772_559, Person("partly", False, False))) == [("no_allowance", 1)]
    assert ask("partly", 772_559, Person("partly", False, True)).result == "met"


def test_a_household_unable_to_work_has_it_by_the_allowance_of_everybody() -> None:
    assert ask("none", None, Person("none", True, True), Person("none", False, True)).result == "met"
    assert codes(ask("none", 0, Person("none", False, True), Person("none", False, False))) == [("no_allowance", 1)]
    # Whether its income is steady is not known: it is not called missing, and it does not pass.
    assert codes(ask("none", None, Person("none", False, False))) == [("income_unknown", 0)]


persons = st.builds(
    Person, st.sampled_from(["with", "partly", "none", "unknown"]), st.booleans(), st.sampled_from([True, False, None])
)


@given(
    labour=st.sampled_from(["with", "partly", "none", "unknown"]),
    income=st.integers(0, 2_000_000),
    more=st.integers(0, 1_000_000),
    people=st.lists(persons, max_size=5),
    yuan=st.one_of(st.none(), st.integers(1, 3_000_000).map(lambda cents: cents / 100)),
)
def test_more_income_and_more_allowance_never_make_it_worse(
    labour: str, income: int, more: int, people: list[Person], yuan: float | None
) -> None:
    now = ORDER[ask(labour, income, *people, yuan=yuan).result]
    assert ORDER[ask(labour, income + more, *people, yuan=yuan).result] >= now
    for which, person in enumerate(people):
        covered = [*people[:which], Person(person.labour, person.beyond_help, True), *people[which + 1 :]]
        assert ORDER[ask(labour, income, *covered, yuan=yuan).result] >= now


@given(cents=st.integers(1, 5_000_000), income=st.integers(0, 3_000_000), percent=st.integers(1, 200))
def test_the_line_is_drawn_in_whole_numbers(cents: int, income: int, percent: int) -> None:
    rule = IncomeRule(have="income", percent=percent)
    judgement = judge(rule, average(cents / 100), "with", income, 2018, ())
    assert (judgement.result == "met") == (income * 100 >= cents * percent)


@pytest.mark.parametrize("labour", ["with", "partly", "none", "unknown"])
def test_met_always_rests_on_something_known(labour: str) -> None:
    assert judge(RULE, None, labour, None, None, ()).result == "unknown"
