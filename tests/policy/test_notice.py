"""The scheme against the notice, item by item; the table is written from the notice's text."""

import pytest

from tests.support.notice import NOTICE, SCHEME, TEXT, official
from workflow.policy.routing import route
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme

TOWNS = [
    "水寨",
    "河东",
    "转水",
    "华城",
    "岐岭",
    "长布",
    "潭下",
    "郭田",
    "双华",
    "安流",
    "棉洋",
    "华阳",
    "梅林",
    "横陂",
    "周江",
    "龙村",
]


@pytest.mark.parametrize("number", NOTICE)
def test_an_indicator_has_the_units_the_notice_lists(number: int) -> None:
    towns, units = NOTICE[number]
    indicator = SCHEME.indicator(number)
    assert indicator.towns == towns
    assert [SCHEME.unit(code).name for code in indicator.units] == [official(short) for short in units.split()]


def test_the_county_has_its_sixteen_towns() -> None:
    assert [unit.name for unit in SCHEME.units if unit.type == "town"] == [f"{name}镇" for name in TOWNS]


def test_figures_of_the_notice() -> None:
    figures = {(i.number, f.code): (f.value, f.due) for i in SCHEME.indicators for f in i.figures}
    assert figures[1, "income"][0] == 45
    assert figures[2, "village_income"][0] == 60
    assert figures[3, "study_days"][0] == 20
    assert figures[3, "meetings"][0] == 5
    assert figures[7, "enrolment"][0] == 93
    assert figures[8, "aid"][0] == 80
    assert figures[10, "quota"] == (718, "12-20")
    assert figures[14, "per_head"][0] == 20000


@pytest.mark.parametrize(
    ("kind", "cause", "labour", "unit"),
    [
        ("water", None, "with", "县水务局"),
        ("housing", None, "none", "县住建局"),
        ("electricity", None, "with", "县供电局"),
        ("tv", None, "with", "县文广新局"),
        ("network", None, "with", "县科工商务局"),
        ("education", None, "with", "县教育局"),
        ("medical", "insurance_unpaid", "with", "县社保局"),
        ("medical", "aid_missing", "with", "县民政局"),
        ("medical", None, "with", "县卫计局"),
        ("income", "no_work", "with", "县人社局"),
        ("income", "no_project", "partly", "县农业局"),
        ("income", "no_project", "none", "县民政局"),
        ("income", "beyond_help", "partly", "县民政局"),
        ("allowance_unpaid", "technical_school", "with", "县人社局"),
        ("allowance_unpaid", "school", "with", "县教育局"),
    ],
)
def test_whose_a_deficiency_is(kind: str, cause: str | None, labour: str, unit: str) -> None:
    assert SCHEME.unit(route(SCHEME, kind, cause, labour).lead).name == unit


DEMAND = TEXT[TEXT.index("      demand:\n") : TEXT.index("    - code: summon\n")]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("reopen_days: 20", "reopen_day: 20", "unknown_key"),
        ("reopen_days: 20", "reopen_days: 20\nreopen_days: 21", "duplicate_key"),
        ("reopen_days: 20", "reopen_days: 0", "invalid"),
        ("{code: water, lead: water,", "{code: water, lead: watr,", "unit_unknown"),
        ("{code: water, lead: water, confirmer: town", "{code: water, lead: water, confirmer: water", "own_confirmer"),
        ("{code: water, lead", "{code: water, when: {labour: [with]}, lead", "no_catch_all"),
        ("when: {causes: [no_project]}", "when: {causes: [beyond_help]}", "shadowed"),
        ("when: {causes: [no_project]}", "when: {causes: [gold]}", "cause_unknown"),
        ("offset: 2\n", "offset: 7\n", "rung_order"),
        (
            "tells: [holder_duty, handler]}",
            "tells: [], demand: {code: x, days: 1, text: {zh: 甲, en: a}}}",
            "demand_without_paper",
        ),
        (DEMAND, "", "demand_missing"),
        ("met_by: answer", "met_by: money", "invalid"),
        ("code: urge", "code: remind", "rung_order"),
        ("towns: false\n    units: [finance]", "towns: false\n    units: []", "no_responsible"),
        ("hard_stop: {date: 12-20", "hard_stop: {date: 02-30", "bad_date"),
        ("aliases: [水务局]", "aliases: [水务局, 住建局]", "duplicate_name"),
        ('["14:30", "17:30"]', '["11:30", "17:30"]', "bad_hours"),
        ("last_hours: 4", "last_hours: 80, extension_day: 4", "unknown_key"),
        ("answer_days: 2", "answer_days: 15", "answered_too_late"),
        ("least: 1, most: 5", "least: 6, most: 5", "bounds_crossed"),
        ("last_hours: 4", "last_hours: 81", "invalid"),
        ("decides: leaders", "decides: office", "opens_and_decides"),
        ("decides: leaders", "decides: inspection-party", "only_reads"),
        ("decides: leaders", "decides: nobody", "unit_unknown"),
        ("code: circular, name: {zh: 通报", "code: rectify, name: {zh: 通报", "duplicate_code"),
        ("statement_days: 5", "statement_days: 0", "invalid"),
        ("code: wuhua-2018", "code: [wuhua", "syntax"),
    ],
)
def test_a_faulty_scheme_is_refused_with_line_and_remedy(old: str, new: str, code: str) -> None:
    assert old in TEXT
    with pytest.raises(SchemeRefused) as refusal:
        parse_scheme(TEXT.replace(old, new, 1))
    problems = [problem for problem in refusal.value.problems if problem.code == code]
    assert problems, refusal.value.problems
    changed = TEXT[: TEXT.index(old)].count("\n") + 1
    assert any(changed <= problem.line <= changed + 2 for problem in problems) or code in (
        "rung_order",
        "bad_hours",
        "demand_missing",
    )
    for language in ("zh", "en"):
        assert str(problems[0].line) in problems[0].sentence(language)


def test_a_scheme_in_which_time_could_never_be_asked_for_is_refused() -> None:
    short = TEXT.replace("accept: 2, mend: 15", "accept: 2, mend: 3", 1)
    assert parse_scheme(short).asking.last_hours == 4
    with pytest.raises(SchemeRefused) as refusal:
        # Three working days of 390 minutes are nineteen and a half hours.
        parse_scheme(short.replace("last_hours: 4", "last_hours: 20"))
    assert {problem.code for problem in refusal.value.problems} == {"never_asked"}


def test_a_scheme_stored_before_time_could_be_asked_for_still_reads() -> None:
    stored = SCHEME.model_dump(mode="json")
    del stored["asking"]
    assert type(SCHEME).model_validate(stored).asking == SCHEME.asking


def test_a_scheme_stored_before_there_were_signals_still_reads() -> None:
    stored = SCHEME.model_dump(mode="json")
    del stored["signals"]
    assert type(SCHEME).model_validate(stored).signals == SCHEME.signals


def test_a_scheme_without_honest_error_among_its_outcomes_is_refused_and_one_stored_before_there_were_cases_reads() -> (
    None
):
    with pytest.raises(SchemeRefused) as refusal:
        parse_scheme(TEXT.replace("code: honest_error", "code: mistake"))
    assert {problem.code for problem in refusal.value.problems} == {"no_honest_error", "outcome_undefined"}
    stored = SCHEME.model_dump(mode="json")
    del stored["accountability"]
    read = type(SCHEME).model_validate(stored).accountability
    assert [outcome.code for outcome in read.outcomes] == [outcome.code for outcome in SCHEME.accountability.outcomes]


def test_a_signal_that_everything_would_raise_is_refused_with_its_line() -> None:
    with pytest.raises(SchemeRefused) as refusal:
        parse_scheme(TEXT.replace("at_once: 5,", "at_once: 1,"))
    assert TEXT[: TEXT.index("at_once: 5,")].count("\n") + 1 == refusal.value.problems[0].line


def test_what_is_nested_deeper_than_any_scheme_is_refused_before_it_is_walked() -> None:
    def codes(deep: int) -> list[tuple[int, str, str]]:
        with pytest.raises(SchemeRefused) as refused:
            parse_scheme("code: x\ntitle: " + "[" * deep + "]" * deep)
        return [
            (problem.line, problem.code, str(problem.params.get("detail", ""))) for problem in refused.value.problems
        ]

    # The scheme's own mapping is the first of fifty.
    assert (2, "syntax", "nested too deep") not in codes(49)
    assert codes(50) == [(2, "syntax", "nested too deep")]
