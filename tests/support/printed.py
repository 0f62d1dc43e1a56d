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
