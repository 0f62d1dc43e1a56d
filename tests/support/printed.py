"""Printed papers as tests look at them: pages as pictures, and where on a page there is ink."""

import io
import json
from collections.abc import Mapping
from typing import Any

import typst
from PIL import Image

from reports.pdf_rendering import FONTS, FORMS

#: Pixels per inch; enough to tell lines of text apart.
_PPI = 36.0


def pages(form: str, figures: Mapping[str, Any]) -> list[Image.Image]:
    """The pages of a paper in shades of grey."""
    made = typst.compile(
        str(FORMS / f"{form}.typ"),
        root=str(FORMS),
        font_paths=[str(path) for path in FONTS],
        ignore_system_fonts=True,
        format="png",
        ppi=_PPI,
        sys_inputs={"data": json.dumps(figures, ensure_ascii=False)},
    )
    return [Image.open(io.BytesIO(page)).convert("L") for page in (made if isinstance(made, list) else [made])]


def across(page: Image.Image) -> tuple[float, float]:
    """How far to the left and to the right a page has ink, in millimetres from its left edge."""
    box = page.point(lambda shade: 255 if shade < 200 else 0).getbbox()
    assert box is not None
    return box[0] * 25.4 / _PPI, box[2] * 25.4 / _PPI


def ink(page: Image.Image, top: float, bottom: float) -> tuple[float, float] | None:
    """The first and the last row of a page with ink between two heights, all in millimetres from the top; None where there
    is none.
    """
    millimetre = _PPI / 25.4
    strip = page.crop((0, round(top * millimetre), page.width, round(bottom * millimetre)))
    box = strip.point(lambda shade: 255 if shade < 200 else 0).getbbox()
    return None if box is None else (top + box[1] / millimetre, top + box[3] / millimetre)


def lines(page: Image.Image) -> list[tuple[float, float, float, float]]:
    """The lines of text between the margins of the standard: top, bottom, left and right, in millimetres from the page's corner."""
    millimetre = _PPI / 25.4
    top, bottom = round(37 * millimetre), round(262 * millimetre)
    dark = page.point(lambda shade: 255 if shade < 200 else 0)
    boxes = [dark.crop((0, row, page.width, row + 1)).getbbox() for row in range(top, bottom)]
    found: list[list[int]] = []
    for row, box in enumerate(boxes, start=top):
        if box is None:
            continue
        if not found or found[-1][1] < row:
            found.append([row, row, page.width, 0])
        last = found[-1]
        last[1], last[2], last[3] = row + 1, min(last[2], box[0]), max(last[3], box[2])
    return [(a / millimetre, b / millimetre, c / millimetre, d / millimetre) for a, b, c, d in found]
