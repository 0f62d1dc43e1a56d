"""Folding of people's text: one stored form, one form of names, numbers and comparison, whatever a keyboard or font made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import folding
from workflow.redaction import holds_number, without_numbers


@pytest.mark.parametrize(
    ("private", "placed"),
    [
        ("\ue863", "䶮"),
        ("\ue81a", "㑳"),
        ("\ue854", "龺"),
        ("\ue864", "龻"),
        ("\ue831", "𡗗"),
        ("\ue7c8", "ǹ"),
        ("\ue7e7", "〾"),
    ],
)
def test_private_characters_of_gbk_fonts_stand_in_their_unicode_places(private: str, placed: str) -> None:
    assert folding.tidy(f"陈{private}") == folding.name(f"陈{private}") == f"陈{placed}"


def test_characters_beyond_the_first_plane_and_unknown_private_ones_stay() -> None:
    assert folding.tidy("𠮷田\ue000") == "𠮷田\ue000"


def test_nothing_invisible_and_no_odd_space_stays() -> None:
    for odd in ("\u200b", "\ufeff", "\u00ad", "\u2060", "\u200e", "\ufe0f", "\U000e0100"):
        assert folding.tidy(f"张{odd}三{odd}") == "张三"
    assert folding.tidy("　张\u00a0\u2003 三\r\n四\t") == "张 三 四"
    assert folding.tidy("3号（东）、") == "3号（东）、", "free text keeps its punctuation"


@pytest.mark.parametrize("dot", [*"·•‧∙⋅・･ㆍ᛫⸱●․．.。", " · ", "・ "])
def test_one_interpunct_stands_for_all(dot: str) -> None:
    assert folding.name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_a_name_keeps_what_is_its_own() -> None:
    for name in ("李四（大）", "O’Neil-Smith", "J. Smith", "欧阳娜娜", "𠮷田花"):
        assert folding.name(name) == name
    assert folding.name("ＪＯＨＮ　Ｓｍｉｔｈ") == "JOHN Smith"
    assert folding.name("\u2f42 \uf9b5") == "文例", "a radical and a compatibility character are the character"


def test_traditional_and_simplified_and_upper_and_lower_case_compare_as_one() -> None:
    assert folding.key("張 三") == folding.key("张三")
    assert folding.key("上湖圍") == folding.key("上湖围")
    assert folding.key("ABC・甲") == folding.key("ａｂｃ·甲")
    assert folding.key("薴") == folding.key("苎")


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    for fold in (folding.tidy, folding.name, folding.narrow, folding.key):
        assert fold(fold(text)) == fold(text), fold.__name__
    assert len(folding.in_place(text)) == len(text)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("lü", "lv"),
        ("LV", "lv"),
        ("lyu", "lv"),
        ("lǚ", "lv"),
        ("lu:", "lv"),
        ("nyu", "nv"),
        ("Lǚ Guó huá", "lvguohua"),
        ("吕", ""),
    ],
)
def test_pinyin_is_typed_with_or_without_dots_and_tones(typed: str, stored: str) -> None:
    assert folding.pinyin_key(typed) == stored


def test_a_number_does_not_hide_behind_what_cannot_be_seen() -> None:
    for number in ("138\u200b12345678", "１３８－１２３４－５６７８", "138—1234—5678", "\ufeff13812345678"):
        assert holds_number(f"电话{number}，")
    assert without_numbers("电话１３８１２３４\u200b５６７８！") == "电话１３８****\u200b**７８！"
