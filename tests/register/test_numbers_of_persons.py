"""ID numbers and phones in a register file, and the refusal code of an invalid one."""

from datetime import date

import pytest

from tests.support.persons import id_number
from workflow.citizen_id import Faulty, age_on, check_document, check_id, check_phone, check_phones

TODAY = date(2018, 11, 20)
GOOD = id_number(12)


def checked(body: str) -> str:
    """Seventeen digits with their check character (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True)) % 11]


def refused(text: str) -> str:
    with pytest.raises(Faulty) as fault:
        check_id(text, TODAY)
    return fault.value.code


def test_an_id_number_says_sex_and_day_of_birth_however_it_was_typed() -> None:
    for text in (GOOD, f"'{GOOD.lower()}", f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:]} "):
        checked_id = check_id(text, TODAY)
        assert (checked_id.number, checked_id.sex, checked_id.born_on) == (GOOD, "f", date(1965, 4, 12))
    assert check_id(id_number(13), TODAY).sex == "m"
    # Born today; and the last sign may be an X.
    assert check_id(checked("44142420181120001"), TODAY).born_on == TODAY
    ending = next(number for number in map(id_number, range(100)) if number.endswith("X"))
    assert check_id(ending.lower(), TODAY).number == ending


def test_a_number_a_spreadsheet_destroyed_is_told_from_one_that_was_mistyped() -> None:
    wrong = GOOD[:17] + ("1" if GOOD[17] != "1" else "2")
    assert refused("4.41424E+17") == "id_rounded"
    assert refused("441424.5") == "id_rounded"
    assert refused(GOOD[:15] + "000") == "id_rounded"
    assert refused(wrong) == "id_checksum"


def test_what_is_no_number_is_refused_by_what_is_wrong_with_it() -> None:
    codes = [
        refused(text)
        for text in (
            "441424659912001",
            GOOD[:14],
            GOOD + "0",
            "44142419650412001Y",
            "44142419650412O018",
            checked("44142419650230001"),
            checked("44142420181121001"),
            checked("44142418001231001"),
        )
    ]
    assert codes == [
        "id_date",
        "id_length",
        "id_length",
        "id_signs",
        "id_signs",
        "id_date",
        "id_date",
        "id_date",
    ]


def test_a_number_is_read_in_any_width_and_with_whatever_a_keyboard_put_into_it() -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in GOOD)
    for text in (wide, f"\u200b{GOOD}\xa0\t", f"'{GOOD}", f"{GOOD[:6]}　{GOOD[6:14]} {GOOD[14:]}", f"\ufeff{GOOD}"):
        assert check_id(text, TODAY).number == GOOD


def test_a_number_of_fifteen_digits_is_that_of_eighteen_and_named() -> None:
    body = GOOD[:6] + GOOD[8:17]
    for text in (body, "".join(chr(ord(sign) + 0xFEE0) for sign in body), f" {body[:6]} {body[6:]} "):
        read = check_id(text, TODAY)
        assert (read.number, read.sex, read.notice) == (GOOD, "f", "id_15")


def test_a_region_that_is_not_in_the_list_is_a_notice() -> None:
    number = checked("99142419650412001")
    assert (check_id(number, TODAY).number, check_id(number, TODAY).notice) == (number, "id_region")


@pytest.mark.parametrize(
    ("text", "kind", "number", "notice"),
    [
        (GOOD + "43", "", GOOD, "id_disability"),
        (GOOD + "12B1", "", GOOD, "id_disability"),
        (f"{GOOD} 2 4", "残疾人证", GOOD, "id_disability"),
        ("E12345678", "", "E12345678", "id_other"),
        ("ｇ１２３４５６７８", "", "G12345678", "id_other"),
        ("K1234567", "护照", "K1234567", "id_other"),
        ("H12345678", "", "H12345678", "id_other"),
        ("12345678", "台湾居民来往大陆通行证", "12345678", "id_other"),
        ("P440123456", "", "P440123456", "id_other"),
        (checked("81000019940823002"), "港澳居民居住证", checked("81000019940823002"), ""),
        (checked("83000019940823002"), "", checked("83000019940823002"), ""),
        (GOOD, "居民身份证", GOOD, ""),
        ("出生证号：O440123456", "", "O440123456", "id_other"),
        ("出生医学证明 编号 P440 123 456", "", "P440123456", "id_other"),
        ("（出生证）Q441234567", "", "Q441234567", "id_other"),
        ("E12345678（护照）", "", "E12345678", "id_other"),
        (f"身份证号：{GOOD}", "", GOOD, ""),
        (f"残疾人证号{GOOD}43B1", "", GOOD, "id_disability"),
    ],
)
def test_other_documents_keep_their_numbers(text: str, kind: str, number: str, notice: str) -> None:
    read = check_document(text, TODAY, kind)
    assert (read.number, read.notice) == (number, notice)
    assert (read.sex is None) == (notice == "id_other")


def test_what_is_no_number_of_any_document_is_refused_as_an_id_number() -> None:
    for text, kind in (
        *(("12345678", ""), ("无号码", "护照"), ("E1", "护照")),
        *(("电话13812345678", ""), ("出生证未办", ""), ("身份证号：44142419650412600", "")),
    ):
        with pytest.raises(Faulty):
            check_document(text, TODAY, kind)


def test_of_several_phones_in_a_cell_each_is_read() -> None:
    one, other = "13807530001", "07534433221"
    for text in ("13807530001/0753-4433221", "１３８０７５３０００１、0753-4433221", "138 0753 0001；(0753)4433221"):
        assert check_phones(text) == [one, other]
    assert check_phones("13807530001 13907530001") == [one, "13907530001"]
    assert check_phones("无/13807530001") == [one]
    assert check_phones("138-0753-0001") == [one]
    for text in ("13807530001（儿子）", "邻居13807530001", "8613807530001", "“13807530001”"):
        assert check_phones(text) == [one], text
    for text in ("无", "", "12345/678"):
        with pytest.raises(Faulty):
            check_phones(text)


def test_a_person_is_a_year_older_on_the_birthday() -> None:
    born = date(1965, 4, 12)
    ages = [age_on(born, day) for day in (date(2018, 4, 11), date(2018, 4, 12), date(2018, 3, 30), date(2018, 5, 1))]
    assert ages == [52, 53, 52, 53]


def test_a_phone_is_a_mobile_or_a_landline_and_kept_as_digits() -> None:
    texts = [
        check_phone(text) for text in ("138 0753 0001", "+8613807530001", "13807530001.0", "(0753)4433221", "4433221")
    ]
    assert texts == ["13807530001", "13807530001", "13807530001", "07534433221", "4433221"]
    bad = []
    for text in ("1.38E+10", "443322", "0753443322100", "1380753000", "23807530001x", "９4433221", "94433221", ""):
        with pytest.raises(Faulty) as fault:
            check_phone(text)
        bad.append(fault.value.code)
    assert bad == ["phone_rounded"] + ["phone"] * 7
