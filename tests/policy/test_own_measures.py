"""Each bureau ranks on what is its own, what all share counts once, and a have never weighs twice."""

from itertools import combinations

import pytest

from tests.support.factories import words
from tests.support.rankings import ranked_scheme
from tests.support.scheme_cast import SCHEMES, shipped_scheme
from workflow.assessment.ranking.ranking_figures import bureaus, standing
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_no_two_bureaus_of_single_haves_rank_on_the_same_measures(path: object) -> None:
    scheme = shipped_scheme(path)
    own = {unit: {measure.code for measure in measures} for unit, measures in bureaus(scheme)}
    shared = {measure.code for measure in scheme.measures if measure.ranks == "county"}
    assert shared
    assert all(not measures & shared for measures in own.values())
    single = {m.code for m in scheme.measures if m.ranks == "own" and len(m.units) == 1}
    alone = {unit: measures & single for unit, measures in own.items() if measures & single}
    assert len(alone) > 2
    assert all(not first & second for first, second in combinations(alone.values(), 2))


def test_the_bureau_of_one_have_names_its_own_last_town() -> None:
    """Seen: seventeen of twenty-two bureaus named the same last town, since all ranked on what they share."""
    scheme = shipped_scheme(next(path for path in SCHEMES if path.stem == "wuhua-2018"))
    counts = {measure.code: dict.fromkeys(scheme.towns, (9, 10)) for measure in scheme.measures}
    worst = dict(zip(("water", "electricity", "culture", "industry"), scheme.towns, strict=False))
    for unit, town in worst.items():
        code = next(m.code for m in scheme.measures if m.units == (unit,))
        counts[code] = counts[code] | {town: (1, 10)}
    counts["haves_met"] = counts["haves_met"] | {scheme.towns[9]: (0, 10)}
    found = {entry["unit"]: entry["towns"] for entry in standing(scheme, counts)["units"]}
    assert {unit: found[unit][-1]["town"] for unit in worst} == worst
    # Nothing is its own of item 1: it ranks no town.
    assert found["transport"] == []
    assert standing(scheme, counts)["county"][-1]["town"] == scheme.towns[9]


def test_a_have_that_would_weigh_twice_is_refused() -> None:
    told = ranked_scheme().model_dump(mode="json")
    measure = {
        "code": "water_met",
        "name": words("饮水"),
        "item": 1,
        "have": "water",
        "of": ["households.have_met"],
        "to": ["households.pre_exit"],
    }
    told["measures"].append(measure)
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(Scheme.model_validate(told).model_dump_json())
    assert "have_weighs_twice" in [problem.code for problem in refused.value.problems]
    told["measures"][-1] = measure | {"ranks": "own"}
    codes = {measure.code for _, own in bureaus(Scheme.model_validate(told)) for measure in own}
    assert "water_met" in codes
    counted = {code: dict.fromkeys(("town-a", "town-b"), (1, 2)) for code in ("haves", "time", "told", "water_met")}
    with_have = standing(Scheme.model_validate(told), counted)
    counted["water_met"] = dict.fromkeys(("town-a", "town-b"), (0, 2))
    assert standing(Scheme.model_validate(told), counted)["county"] == with_have["county"]
