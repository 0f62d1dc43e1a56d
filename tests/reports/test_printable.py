"""Rare characters on papers: printed where a font has them, named where none has."""

from pathlib import Path

import pytest

from reports import printable

NAME, ADDRESS = "𠮷䶮龘", "𪚥𠀀村3号㵘"


def test_what_no_font_has_is_named_once_and_the_rest_is_printed() -> None:
    assert printable.unprintable([NAME, ADDRESS, NAME]) == ["𠮷", "𪚥", "𠀀"]
    assert printable.printable(NAME) == "〓U+20BB7䶮龘"
    assert printable.printable(ADDRESS) == "〓U+2A6A5〓U+20000村3号㵘"


def test_common_text_is_left_as_it_is() -> None:
    for text in ("张三，（户主）13800000000", "阿依古丽·买买提", "plain", "ǹ龺㑳", "“八有”——〔2018〕16号"):
        assert printable.printable(text) == text


def test_a_private_character_is_named() -> None:
    assert printable.printable("陈\ue000") == "陈〓U+E000"


def test_a_font_put_beside_the_others_prints_what_it_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only = tmp_path / "only.ttf"
    only.symlink_to(next(printable.FONTS.glob("*.ttf")))
    for cached in (printable._fonts, printable._has_shape):
        cached.cache_clear()
    monkeypatch.setattr(printable, "FONTS", tmp_path)
    assert printable.unprintable(["龘𠮷"]) == ["𠮷"]
    for cached in (printable._fonts, printable._has_shape):
        cached.cache_clear()
