"""ID numbers and phones in a register file, and the refusal code of an invalid one."""

from datetime import date

import pytest

from tests.support.persons import id_number
from workflow.citizen_id import Faulty, age_on, check_id, check_phone

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
            GOOD[:15], GOOD[:14], GOOD + "0", "44142419650412001Y", "4414241965041２0018", checked("99142419650412001"),
            checked("44142419650230001"), checked("44142420181121001"), checked("44142418001231001"),
        )
    ]  # fmt: skip
    assert codes == [
        "id_old",
        "id_length",
        "id_length",
        "id_signs",
        "id_signs",
        "id_region",
        "id_date",
        "id_date",
        "id_date",
    ]


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
