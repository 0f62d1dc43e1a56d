"""Rendering of papers: the same figures give the same bytes; typed text is never markup."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports import pdf_rendering as press_room
from reports.document import Section
from reports.pdf_rendering import render_pdf
from reports.sheets import Sheet

AT = datetime(2018, 11, 20, 1, 0, tzinfo=UTC)
FORM = """
#import "official.typ": *
#let d = json(bytes(sys.inputs.data))
#show: official.with(title: d.title)
#red-head(d.issuer, d.number)
#headline(d.title)
#section("一、" + d.title)
#d.body
#signed(d.issuer, "2018年11月20日")
"""


@pytest.fixture
def forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "official.typ").write_bytes((press_room.FORMS / "official.typ").read_bytes())
    (tmp_path / "try.typ").write_text(FORM, encoding="utf-8")
    monkeypatch.setattr(press_room, "FORMS", tmp_path)
    return tmp_path


def figures(**changed: str) -> dict[str, str]:
    return {
        "title": "关于督办的通知",
        "issuer": "五华县扶贫开发领导小组办公室",
        "number": "〔2018〕第1号",
        "body": "正文。",
    } | changed


def test_the_same_figures_print_the_same_bytes(forms: Path) -> None:
    made = render_pdf("try", figures(), AT)
    assert made.startswith(b"%PDF-")
    assert made == render_pdf("try", dict(reversed(figures().items())), AT)
    assert made != render_pdf("try", figures(body="另文。"), AT)


def test_a_long_paper_is_pressed_apart_and_is_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = Sheet(
        "台账", "2018年11月30日", [Section("", ["未销号事项"])], False, [["校验值", "0" * 64]], "snapshot"
    ).figures()
    here = render_pdf("sheet", sheet, AT)
    monkeypatch.setattr(press_room, "_APART", 0)
    assert render_pdf("sheet", sheet, AT) == here
    with pytest.raises(RuntimeError):
        render_pdf("sheet", {}, AT)


def test_what_was_typed_is_printed_and_never_obeyed(forms: Path) -> None:
    assert render_pdf("try", figures(body='#panic("x") $ * _ ` < @ \\ "'), AT).startswith(b"%PDF-")


def test_a_character_is_not_dropped_for_want_of_a_font(forms: Path) -> None:
    # A face that lacks a character prints a box: names of the county's people must be in the font.
    from PIL import ImageFont

    for name in ("NotoSerifSC_400Regular.ttf", "NotoSansSC_400Regular.ttf"):
        font = ImageFont.truetype(str(press_room.FONTS[0] / name), 40)
        absent = font.getmask("\U0010ffff").getbbox(), bytes(font.getmask("\U0010ffff"))
        for sign in "五华县䶮𬱖镕喆堃〔〕":
            assert (font.getmask(sign).getbbox(), bytes(font.getmask(sign))) != absent, (name, sign)
