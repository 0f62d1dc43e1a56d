"""Samples of households: the draw is a function of seed and list alone, and no unit checks what it had a part in."""

import hashlib
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.thorough import tries
from workflow.policy.household_sampling import Candidate, frozen, hash_of, sample, seed_of
from workflow.policy.sampling import share
from workflow.policy.scheme.thresholds import RandomChecks

TOWNS = tuple(f"town-{n}" for n in range(1, 6))
OTHERS = ("office", "leaders")
SEED = seed_of("wuhua", "2018-11", 7, "ab" * 32)

PASSERS = (*TOWNS, "office", None)


def listed(parts: list[tuple[bool, int, int]]) -> list[Candidate]:
    return [
        Candidate(f"H{n:04d}", "leaving" if leaving else "exited", TOWNS[town], PASSERS[passer])
        for n, (leaving, town, passer) in enumerate(parts)
    ]


households = st.lists(
    st.tuples(st.booleans(), st.integers(0, len(TOWNS) - 1), st.integers(0, len(PASSERS) - 1)), max_size=40
).map(listed)
rules = st.builds(
    lambda percent, least, by: RandomChecks(percent=percent, least=least, most=least + 2, by=by),
    st.integers(1, 100),
    st.integers(1, 4),
    st.sampled_from(("towns", "office")),
)


@given(households, rules, st.randoms())
@settings(max_examples=tries(25, 60))
def test_the_draw_is_a_function_of_seed_and_list_and_can_be_repeated_from_what_is_stored(
    rows: list[Candidate], rule: RandomChecks, rng: object
) -> None:
    drawn = sample(SEED, rows, rule, TOWNS, OTHERS)
    mixed = list(rows)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert sample(SEED, mixed, rule, TOWNS, OTHERS) == drawn
    stored = frozen(mixed)
    assert hash_of(stored) == hash_of(frozen(rows))
    assert sample(SEED, [Candidate(*row) for row in stored], rule, TOWNS, OTHERS) == drawn


@given(households, rules)
@settings(max_examples=tries(25, 60))
def test_of_each_town_and_standing_the_lowest_ranks_are_drawn(rows: list[Candidate], rule: RandomChecks) -> None:
    drawn = {one.candidate.code for one in sample(SEED, rows, rule, TOWNS, OTHERS)}
    for stratum in {(row.town, row.standing) for row in rows}:
        codes = [row.code for row in rows if (row.town, row.standing) == stratum]
        by_hand = sorted(codes, key=lambda code: hashlib.sha256(f"{SEED} {code}".encode()).hexdigest())
        assert {code for code in codes if code in drawn} == set(by_hand[: share(len(codes), rule)])


@given(households, rules)
@settings(max_examples=tries(25, 60))
def test_no_unit_checks_a_household_of_its_own_town_or_one_that_it_passed(
    rows: list[Candidate], rule: RandomChecks
) -> None:
    drawn = sample(SEED, rows, rule, TOWNS, OTHERS)
    assert all(one.checker not in (one.candidate.town, one.candidate.passed_by) for one in drawn)
    if rule.by == "towns":
        turns = Counter(one.checker for one in drawn)
        # The office checks where the towns within half a ring are barred.
        assert set(turns) <= {*TOWNS, OTHERS[0], OTHERS[1]}
    pairs = {(one.checker, one.candidate.town) for one in drawn if one.checker in TOWNS}
    assert not any((town, checker) in pairs for checker, town in pairs)


def test_another_period_block_or_household_gives_another_seed_or_hash() -> None:
    rows = [Candidate(f"H{n}", "leaving", TOWNS[n % 5], None) for n in range(20)]
    assert len({SEED, seed_of("wuhua", "2018-12", 7, "ab" * 32), seed_of("wuhua", "2018-11", 8, "ab" * 32)}) == 3
    stored = frozen(rows)
    for at in range(4):
        other = [list(row) for row in stored]
        other[0][at] = "forged"
        assert hash_of(other) != hash_of(stored)
