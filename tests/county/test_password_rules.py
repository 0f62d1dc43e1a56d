"""What a person may choose as a password."""

import pytest

from workflow.county.access.passwords import LEAST, MOST, PasswordRules, check
from workflow.errors import BadInput

NAMES = ("wang", "王建国", "县水务局", "Water Bureau", "water")


def refused(password: str, kinds: int = 0) -> str | None:
    try:
        check(password, NAMES, PasswordRules(kinds=kinds))
    except BadInput as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("x" * (LEAST - 1), "password_short"),
        ("一二三四五六七八九", "password_short"),
        ("tall trees" * (MOST // 10 + 1), "too_long"),
        # On the list, as it is or in capitals, full width, or with digits and signs around it.
        ("1q2w3e4r5t", "password_common"),
        ("Qwertyuiop", "password_common"),
        ("ｑｗｅｒｔｙｕｉｏｐ", "password_common"),
        ("Sunshine2018!!", "password_common"),
        ("..password..", "password_common"),
        ("woaini1314520", "password_common"),
        # Figures alone, such as a phone or a birthday, and repetitions.
        ("13800138000", "password_common"),
        ("2018-11-20!", "password_common"),
        ("abcabcabcabc", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        # The names of the account, its person and its unit, with little else.
        ("WangWang2018", "password_named"),
        ("王建国王建国王建国888", "password_named"),
        ("water-bureau-1", "password_named"),
        ("县水务局县水务局18a", "password_named"),
        ("tall trees", None),
        ("山高水长路远人勤快", "password_short"),
        ("山高水长路远人也勤快", None),
        ("water in the wang well", None),
        ("kT7#qLm2vX", None),
    ],
)
def test_what_is_refused_and_what_is_not(password: str, code: str | None) -> None:
    assert refused(password) == code


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("tall trees", 2), ("talltreesmay", 1), ("Talltreesmay", 2), ("Talltreesmay1", 3), ("Tall-trees-may1", 4)],
)
def test_kinds_of_characters_are_counted_where_they_are_asked_for(password: str, kinds: int) -> None:
    assert refused(password, kinds) is None
    if kinds < 4:
        assert refused(password, kinds + 1) == "password_kinds"
