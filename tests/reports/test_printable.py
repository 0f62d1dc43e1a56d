"""Rare characters on papers: printed where a font has them, named where none has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports import printable
from tools import assets

FOLDER = printable.FONTS
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


@pytest.fixture(autouse=True)
def noto_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The fonts that are always there: a machine may have one for rare characters as well."""
    caches = (printable._fonts, printable._has_shape)
    for font in printable.FONTS.glob("Noto*.ttf"):
        (tmp_path / font.name).symlink_to(font)
    monkeypatch.setattr(printable, "FONTS", tmp_path)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


def test_a_font_for_rare_characters_is_taken_over_from_the_system_at_set_up(tmp_path: Path) -> None:
    folder = tmp_path / "fonts"
    folder.mkdir()
    assert assets.copy_rare_font([str(tmp_path / "none.ttf")], folder) is None
    (tmp_path / "HanaMinB.ttf").write_bytes(b"a font")
    taken = assets.copy_rare_font([str(tmp_path / "none.ttf"), str(tmp_path / "HanaMinB.ttf")], folder)
    assert taken == folder / "HanaMinB.ttf"
    assert taken.read_bytes() == b"a font"


@pytest.mark.skipif(not list(printable.FONTS.glob("Hana*.ttf")), reason="no font for rare characters is installed")
def test_with_a_font_for_rare_characters_they_are_printed(noto_only: Path) -> None:
    for font in FOLDER.glob("Hana*.ttf"):
        (noto_only / font.name).symlink_to(font)
    assert printable.unprintable([NAME, ADDRESS]) == []
