"""The policy and the county in two files: merged they are one scheme, and what is wrong is named with its file."""

from pathlib import Path

import pytest
import yaml

from tests.support.scheme_cast import SCHEMES, whole_text
from tools import check_county
from workflow.policy.scheme.parts import SchemeText
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme, read_scheme, texts_of

POLICY = next(path for path in SCHEMES if path.stem == "wuhua-2018")
COUNTY = POLICY.parent / "counties" / "wuhua.yaml"


def problems(policy: str, county: str | None) -> list[tuple[str, str, str]]:
    """File, place and code of each problem."""
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(SchemeText(policy, county, "ours.yaml") if county is not None else policy)
    return [(problem.file, problem.where, problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_policy_and_its_county_are_the_scheme_that_one_file_would_be(path: Path) -> None:
    texts = texts_of(path)
    assert texts.county is not None
    # A file with both parts is as valid as two.
    assert parse_scheme(whole_text(path)).content_hash == read_scheme(path).content_hash


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_a_policy_names_no_county_and_none_of_its_towns(path: Path, tmp_path: Path) -> None:
    assert check_county.words_of_a_county(path) == []
    texts = texts_of(path)
    rules = "\n".join(line for line in texts.policy.splitlines() if not line.lstrip().startswith("#"))
    assert [word for word in ("718", "value: 92", "华扶") if word in rules] == []
    # The guard sees what it is for.
    copied = tmp_path / path.name
    (tmp_path / "counties").mkdir()
    (tmp_path / "counties" / texts.county_file).write_text(texts.county or "", encoding="utf-8")
    copied.write_text(f"{texts.policy}\nwords: {{gate: {{zh: 水寨镇审核, en: x}}}}\n", encoding="utf-8")
    line = len(texts.policy.splitlines()) + 2
    assert check_county.words_of_a_county(copied) == [f"{path.name}:{line} 水寨镇"]


def test_a_second_county_starts_from_a_file_of_its_own(tmp_path: Path) -> None:
    own = yaml.safe_load(COUNTY.read_text(encoding="utf-8"))
    towns = [unit for unit in own["units"] if unit["type"] == "town"][:2]
    own |= {
        "code": "xingning-2018",
        "title": {"zh": "兴宁市2018年扶贫开发工作成效考核方案", "en": "Xingning 2018"},
        "county": {"code": "xingning", "name": {"zh": "兴宁市", "en": "Xingning"}, "region": "441481", "copied_to": []},
        "basis": [],
        "office_hours": [["08:00", "12:00"], ["15:00", "18:00"]],
        "units": [
            *({**town, "name": name, "aliases": []} for town, name in zip(towns, ("罗岗镇", "黄槐镇"), strict=True)),
            *({**unit, "full_name": None, "aliases": []} for unit in own["units"] if unit["type"] != "town"),
        ],
    }
    house = next(duty for duty in own["own"]["duties"]["list"] if duty["code"] == "house_quota")
    house |= {"name": {"zh": "120户危房改造", "en": "120 houses"}}
    house["count"] = {"target": 120, "split": {town["code"]: 60 for town in towns}}
    own["own"]["indicators"][-1]["figures"][0]["value"] = 120
    ours = tmp_path / "ours.yaml"
    ours.write_text(yaml.safe_dump(own, allow_unicode=True), encoding="utf-8")

    scheme, first = read_scheme(POLICY, ours), read_scheme(POLICY)
    assert [unit.name for unit in scheme.units if unit.type == "town"] == ["罗岗镇", "黄槐镇"]
    assert scheme.county.full_name(scheme.unit("water")) == "兴宁市水务局"
    assert scheme.duty("house_quota").count.target == 120  # type: ignore[union-attr]
    assert scheme.indicator(10).figures[0].value == 120
    assert scheme.office_hours[0][0] == "08:00"
    # What counties share is the same for both.
    assert (scheme.kinds, scheme.ladder, scheme.measures) == (first.kinds, first.ladder, first.measures)
    assert len(ours.read_text(encoding="utf-8").splitlines()) < 500


def test_the_file_named_is_read_beside_the_policy_and_its_absence_is_told(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("year: 2018\ncounty: ours.yaml\n", encoding="utf-8")
    with pytest.raises(SchemeRefused) as refused:
        texts_of(policy)
    (problem,) = refused.value.problems
    assert (problem.code, problem.line, problem.params) == ("county_unreadable", 2, {"value": "ours.yaml"})
    (tmp_path / "ours.yaml").write_text("code: ours\n", encoding="utf-8")
    assert texts_of(policy) == SchemeText(policy.read_text(encoding="utf-8"), "code: ours\n", "ours.yaml")
    # The one given counts before the one named.
    other = tmp_path / "other.yaml"
    other.write_text("code: other\n", encoding="utf-8")
    assert texts_of(policy, other).county_file == "other.yaml"


def test_what_does_not_fit_together_is_named_with_its_file_and_line() -> None:
    policy, county = POLICY.read_text(encoding="utf-8"), COUNTY.read_text(encoding="utf-8")
    assert problems(policy, None) == [("", "county", "county_file_needed")]
    assert problems(whole_text(POLICY), county)[0] == ("", "county", "county_twice")
    assert problems(policy, county + "reopen_days: 3\n") == [("ours.yaml", "reopen_days", "in_both")]
    odd = county.replace("number: 10, figures: [{code: quota,", "number: 10, figures: [{code: quotas,")
    assert problems(policy, odd) == [("ours.yaml", "indicators.9.figures.quotas", "own_unknown")]
    odd = county.replace("  assessment_plan:\n", "  reopen_days: {most: 2}\n  assessment_plan:\n")
    assert problems(policy, odd) == [("ours.yaml", "reopen_days", "own_shape")]
    odd = county.replace('region: "441424"', "region: 4414")
    assert problems(policy, odd) == [("ours.yaml", "county.region", "invalid")]
    assert problems(policy, county + "code: again\n") == [("ours.yaml", "code", "duplicate_key")]
    assert problems(policy, "a: [")[0][:2] == ("ours.yaml", "YAML")
    assert problems(policy, "")[0] == ("ours.yaml", "YAML", "missing")


def test_a_value_of_the_county_that_breaks_a_rule_is_told_at_the_county() -> None:
    policy, county = POLICY.read_text(encoding="utf-8"), COUNTY.read_text(encoding="utf-8")
    odd = county.replace("weights: {1: 10,", "weights: {1: ten,")
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(SchemeText(policy, odd, "ours.yaml"))
    (problem,) = refused.value.problems
    line = next(n for n, text in enumerate(odd.splitlines(), start=1) if "1: ten" in text)
    assert (problem.file, problem.line) == ("ours.yaml", line)
    assert problem.sentence("zh").startswith(f"ours.yaml第{line}行 ")
    assert problem.sentence("en").startswith(f"ours.yaml, line {line}, ")
