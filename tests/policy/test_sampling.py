"""Samples: the same list and seed give the same draw, and no unit checks its own tickets."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.thorough import tries
from workflow.policy.sampling import (
    ALGORITHM,
    FIRST_ALGORITHM,
    Closing,
    hash_of,
    known,
    rank,
    sample,
    seed_of,
    share,
)
from workflow.policy.scheme.thresholds import SpotChecks

TOWNS = tuple(f"town-{n}" for n in range(1, 9))
SEED = seed_of("wuhua", "2018-11", 7, "ab" * 32)


def closings(of: int, unit: str = "water", first: int = 1) -> list[Closing]:
    return [Closing(f"2018-{n:06d}", 1, (town := TOWNS[n % len(TOWNS)]), unit, town) for n in range(first, first + of)]


def drawn(rows: list[Closing], rule: SpotChecks | None = None, towns: tuple[str, ...] = TOWNS) -> list[tuple[str, str]]:
    picks = sample(SEED, rows, rule or SpotChecks(), towns, ("office", "leaders"))
    return [(one.closing.number, one.checker) for one in picks]


@pytest.mark.parametrize(("of", "expected"), [(0, 0), (1, 1), (10, 2), (11, 2), (20, 2), (21, 3), (49, 5), (500, 5)])
def test_the_share_is_rounded_up_within_its_bounds_and_never_more_than_there_are(of: int, expected: int) -> None:
    assert share(of, SpotChecks(percent=10, least=2, most=5)) == expected


def test_anybody_can_draw_it_again_by_hand() -> None:
    rows = closings(30)
    by_hand = sorted((hashlib.sha256(f"{SEED} {row.number}".encode()).hexdigest(), row.number) for row in rows)
    assert [number for number, _ in drawn(rows)] == [number for _, number in by_hand[:3]]
    text = '{"alg":"rank-sha256-2","block":7,"county":"wuhua","head":"' + "ab" * 32 + '","month":"2018-11"}'
    assert hashlib.sha256(text.encode()).hexdigest() == SEED


def test_each_unit_has_a_sample_of_its_own() -> None:
    rows = [*closings(40), *closings(3, "power", 100)]
    units = Counter("power" if number >= "2018-000100" else "water" for number, _ in drawn(rows))
    assert units == {"water": 4, "power": 1}


def test_the_order_of_the_list_changes_nothing_and_every_part_of_it_the_hash() -> None:
    rows = closings(25)
    assert drawn(rows) == drawn(rows[::-1])
    assert hash_of(rows) == hash_of(rows[::-1])
    other = Closing(rows[0].number, 2, rows[0].town, "water", rows[0].confirmed_by)
    assert hash_of([other, *rows[1:]]) != hash_of(rows)
    for seed in (seed_of("wuhua", "2018-12", 7, "ab" * 32), seed_of("wuhua", "2018-11", 7, "ac" * 32)):
        assert seed != SEED
        assert rank(seed, "2018-000001") != rank(SEED, "2018-000001")


@given(st.integers(0, 60), st.integers(2, 8), st.sampled_from(("towns", "office")))
@settings(max_examples=tries(15, 40))
def test_nobody_looks_at_their_own_and_the_towns_take_turns(of: int, towns: int, by: str) -> None:
    rows = {row.number: row for row in closings(of)}
    rule = SpotChecks.model_validate({"percent": 100, "most": 1000, "by": by})
    picks = drawn(list(rows.values()), rule, TOWNS[:towns])
    assert len(picks) == of
    for number, checker in picks:
        row = rows[number]
        assert checker not in (row.town, row.resolved_by, row.confirmed_by)
    looks = Counter(checker for _, checker in picks)
    if by == "office":
        assert set(looks) <= {"office"}
    elif of:
        # A town skipped for its own ticket keeps its turn: checks are spread evenly.
        assert set(looks) <= set(TOWNS[:towns])
        assert max(looks.values()) - min(looks[town] for town in TOWNS[:towns]) <= 3 + of // 4


@given(st.integers(0, 80), st.integers(3, 8))
@settings(max_examples=tries(15, 40))
def test_no_two_towns_check_each_other(of: int, towns: int) -> None:
    rows = {row.number: row for row in closings(of)}
    picks = drawn(list(rows.values()), SpotChecks(percent=100, most=1000), TOWNS[:towns])
    pairs = {(checker, rows[number].town) for number, checker in picks if checker in TOWNS}
    assert not any((town, checker) in pairs for checker, town in pairs)


def test_of_two_towns_each_checks_the_other_since_there_is_no_third() -> None:
    rows = [Closing(f"2018-{n:06d}", 1, TOWNS[n % 2], "water", TOWNS[n % 2]) for n in range(8)]
    assert {checker for _, checker in drawn(rows, SpotChecks(percent=100, most=9), TOWNS[:2])} == set(TOWNS[:2])


def test_a_draw_of_the_first_algorithm_is_repeated_by_its_own_rule() -> None:
    seed = seed_of("wuhua", "2018-11", 7, "ab" * 32, FIRST_ALGORITHM)
    rule, rows = SpotChecks(percent=100, most=1000), closings(30)
    picks = sample(seed, rows, rule, TOWNS, ("office", "leaders"), FIRST_ALGORITHM)
    turns = sorted(TOWNS, key=lambda town: rank(seed, town))
    first, second = picks[:2]
    assert first.checker == next(town for town in turns if town != first.closing.town)
    turns.remove(first.checker)
    assert second.checker == next(town for town in [*turns, first.checker] if town != second.closing.town)
    assert (known(FIRST_ALGORITHM), known(ALGORITHM), known("x")) == (FIRST_ALGORITHM, ALGORITHM, ALGORITHM)


def test_where_no_other_town_is_left_the_office_looks_and_for_the_office_the_leading_group() -> None:
    own = Closing("2018-000001", 1, "town-1", "water", "town-1")
    confirmed = Closing("2018-000002", 1, "town-1", "town-1", "office")
    assert drawn([own], towns=("town-1",)) == [("2018-000001", "office")]
    assert drawn([confirmed], towns=("town-1",)) == [("2018-000002", "leaders")]
    rule = SpotChecks(by="office")
    assert drawn([confirmed], rule, ("town-1", "town-2")) == [("2018-000002", "town-2")]
