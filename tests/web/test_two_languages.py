"""What words of the code, not of the catalogue, are in either language: days, periods, amounts, lists and units."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from tests.support.contexts import place_of
from tests.support.factories import START, day, small_scheme, words
from tests.support.schemes import with_part
from web.words import (
    amounts,
    dates,
    duties,
    import_offers,
    language,
    own_counts,
    rankings,
    register,
    scheme_changes,
    system,
)
from workflow.county.unfilled_roles import Empty, Unheard, Vacancies
from workflow.policy.scheme.duties import Due
from workflow.policy.scheme.parts import Text

ROOT = Path(__file__).parents[2]
SMALL = small_scheme()
PLACE = place_of(SMALL, 2018)
TEXT = Text(zh="饮水", en="water")
SUM = Text(zh="万元", en="10,000 yuan")


OFFER = {"code": "Z9", "n": 2, "household": "A1"}
#: What a file asks of a household: the question in either language.
OFFERS = {
    "code_corrected": (
        "Z9户为新户，表格中没有A1户，而其中2人在档案中属于该户。户编号是否已更正？",
        "Z9 is new, and household A1, in which its 2 people are named here, is not in the file. Was its code corrected?",
    ),
    "split": (
        "Z9户为新户，其中2人在档案中属于A1户。是否分户？",
        "Z9 is new: 2 people in it are named in household A1 here. Did they split off?",
    ),
    "moved": (
        "Z9户中有2人在档案中属于A1户。是否迁入或婚嫁？",
        "2 people of Z9 are named in household A1 here. Moved or married?",
    ),
    "relocated": (
        "Z9户在表格中属于另一个村。是否整户迁移？",
        "Z9 is named in another village than here. Did it move?",
    ),
    "head": (
        "表格中不再有Z9户的户主。是否去世、外迁或变更户主？",
        "The head of Z9 is no longer named. Died, left, or no longer head?",
    ),
    "ended": (
        "Z9户在档案中已销户、并户或撤销，表格中又有该户。户内是否有人居住？",
        "Z9 has ended here and is named again. Does somebody live there?",
    ),
    "elsewhere": (
        "Z9户中有2人在档案中属于其他镇的户，由该镇或县级办公室登记迁移。",
        "2 people of Z9 are named in households of other towns. Those towns or the county office record the move.",
    ),
}


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask(__name__)
    Babel(made, default_translation_directories=str(ROOT / "translations"))
    return made


@pytest.mark.parametrize(
    ("say", "zh", "en"),
    [
        (lambda: language.say(TEXT), "饮水", "water"),
        (lambda: language.say(None), "", ""),
        (lambda: language.in_language({"zh": "督办", "en": "supervise"}), "督办", "supervise"),
        (lambda: language.listing(["甲", "乙"]), "甲、乙", "甲, 乙"),
        (lambda: system.unit_name(PLACE.by_code["water"]), "县水务局", "water"),
        (lambda: dates.moment(START), "2018年11月20日 10:00", "2018-11-20 10:00"),
        (lambda: dates.moment(None), "", ""),
        (lambda: dates.shortly(START, day(3)), "11月20日 10:00", "11-20 10:00"),
        (lambda: dates.shortly(START, day(50)), "2018年11月20日 10:00", "2018-11-20 10:00"),
        (lambda: dates.day("2018-11-25"), "11月25日（星期日）", "2018-11-25 Sun"),
        (lambda: dates.on_day(date(2018, 1, 2)), "2018年1月2日", "2018-01-02"),
        (
            lambda: dates.first_to_last("2018-01-02", date(2019, 1, 2)),
            "2018年1月2日至2019年1月2日",
            "2018-01-02 – 2019-01-02",
        ),
        (lambda: dates.day_short(date(2018, 12, 1)), "12月1日", "1 Dec"),
        (lambda: dates.day_short(date(2018, 1, 31)), "1月31日", "31 Jan"),
        (lambda: dates.month_short(1), "1月", "Jan"),
        (lambda: dates.month_short(12), "12月", "Dec"),
        (lambda: dates.ten_days_name(date(2018, 11, 1), date(2018, 11, 10)), "11月上旬", "1–10 Nov"),
        (lambda: dates.ten_days_name(date(2018, 11, 11), date(2018, 11, 20)), "11月中旬", "11–20 Nov"),
        (lambda: dates.ten_days_name(date(2018, 11, 21), date(2018, 11, 30)), "11月下旬", "21–30 Nov"),
        (lambda: dates.ten_days_name(date(2018, 12, 31), date(2018, 12, 31)), "12月下旬", "31–31 Dec"),
        (lambda: dates.month_name("2018-01"), "2018年1月", "2018-01"),
        (lambda: dates.span(391, PLACE), "1个工作日1分钟", "1 working day 1 min"),
        (lambda: duties.period_name("2018"), "2018年度", "year 2018"),
        (lambda: duties.period_name("2018-Q1"), "2018年第一季度", "quarter 1 of 2018"),
        (lambda: duties.period_name("2018-Q4"), "2018年第四季度", "quarter 4 of 2018"),
        (lambda: duties.period_name("2018-H1"), "2018年上半年", "first half of 2018"),
        (lambda: duties.period_name("2018-H2"), "2018年下半年", "second half of 2018"),
        (lambda: duties.period_name("2018-03"), "2018年3月", "2018-03"),
        (lambda: duties.period_name("2018-11-30"), "2018年11月30日排名", "ranking of 2018-11-30"),
        (lambda: duties.period_name("2018-11-30#2"), "2018年11月30日排名 第2版", "ranking of 2018-11-30 edition 2"),
        (lambda: duties.due_name(Due(by="date", date="11-30")), "11月30日前", "by 11-30"),
        (lambda: register.yuan(772560), "7725.60元", "¥7,725.60"),
        # Seen in English: 977 / 1236 10,000 yuan.
        (lambda: amounts.with_unit(977, SUM), "977万元", "9,770,000 yuan"),
        (
            lambda: rankings.figure_text({}, "paid", {"of": 977, "to": 1236}, SUM),
            "977 / 1236",
            "9,770,000 / 12,360,000",
        ),
        (lambda: amounts.unit_word(SUM), "万元", "yuan"),
        (lambda: amounts.with_unit(1236, TEXT), "1236饮水", "1,236 water"),
        (lambda: amounts.with_unit(1236, None), "1236", "1,236"),
        (lambda: amounts.number_text("12345.50"), "12345.50", "12,345.50"),
        (
            lambda: own_counts.own_words("to", 1236, 1300, SUM).removeprefix("own count "),
            "台账总数1300万元，少报64万元",
            "(whole): 13,000,000 yuan, reported 640,000 yuan less",
        ),
        (lambda: register.yuan(5), "0.05元", "¥0.05"),
        (lambda: register.yuan(None), "", ""),
    ],
)
def test_it_is_written_as_readers_of_the_language_write_it(
    app: Flask, say: Callable[[], str], zh: str, en: str
) -> None:
    with app.test_request_context():
        for code, expected in (("zh_Hans", zh), ("en", en)):
            with force_locale(code):
                assert say() == expected, code


@pytest.mark.parametrize("what", OFFERS)
def test_what_a_file_asks_of_a_household_is_a_question_of_its_own(app: Flask, what: str) -> None:
    for code, expected in zip(("zh_Hans", "en"), OFFERS[what], strict=True):
        with app.test_request_context(), force_locale(code):
            assert import_offers.offer_sentence(OFFER | {"what": what}) == expected


@pytest.mark.parametrize(
    ("path", "value", "zh", "en"),
    [
        ("kinds.0.routes.0.lead", "power", "责任单位 · 饮水：县水务局 → 县供电局", "water → power"),
        ("ladder.rungs.1.tells", ["town", "admin"], "镇、系统管理员", "town, administrator"),
        ("kinds.0.name", words("自来水"), "饮水 → 自来水", "饮水 → 自来水"),
    ],
)
def test_a_change_of_a_scheme_names_units_and_roles_in_the_readers_language(
    app: Flask, path: str, value: object, zh: str, en: str
) -> None:
    new = with_part(SMALL, path, value)
    with app.test_request_context():
        for code, expected in (("zh_Hans", zh), ("en", en)):
            with force_locale(code):
                (line,) = scheme_changes.rule_lines(SMALL, new)
                assert expected.rpartition("：")[2] in line, (code, line)


def test_roles_nobody_fills_and_deaf_rungs_name_their_units_in_the_readers_language(app: Flask) -> None:
    (first, *_) = SMALL.ladder.rungs
    found = Vacancies(
        (Empty("holder_leader", ("water", "power")), Empty("admin", ()), Empty("discipline", (), known=False)),
        (Unheard(first, ("water", "power")),),
    )
    with app.test_request_context():
        for code, units, role in (
            ("zh_Hans", "县水务局、县供电局", "系统管理员"),
            ("en", "water, power", "administrator"),
        ):
            with force_locale(code):
                in_units, nowhere, unknown, deaf = scheme_changes.missing_role_lines(found, SMALL, PLACE)
                assert units in in_units, code
                assert units in deaf, code
                assert "remind" in deaf, code
                assert role in nowhere, code
                assert "discipline" in unknown, code
                assert scheme_changes.unknown_role_lines(SMALL) == []


def test_a_limit_of_some_kinds_names_them_and_one_of_all_does_not(app: Flask) -> None:
    content = SMALL.model_dump(mode="json")
    for kind in content["kinds"][:2]:
        kind["limits"] = {"normal": {"mend": 20}}
    new = type(SMALL).model_validate(content)
    with app.test_request_context():
        for code, between in (("zh_Hans", "、"), ("en", ", ")):
            with force_locale(code):
                lines = scheme_changes.rule_lines(SMALL, new)
                assert any(line.endswith(f" · 饮水{between}用电") for line in lines), (code, lines)
                assert scheme_changes.unit_called("water", SMALL, PLACE) == ("县水务局" if between == "、" else "water")
                assert scheme_changes.unit_called("town", SMALL, PLACE) != "town"
                assert scheme_changes.unit_called("nobody", SMALL, PLACE) == "nobody"
