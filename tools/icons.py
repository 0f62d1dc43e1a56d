"""Icons of the installed app, drawn from the shapes of static/icon.svg: `python -m tools.icons`.

A phone asks for PNG; the background reaches the edge, so that each system cuts its own shape out of it (maskable).
"""

from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).parents[1] / "static"
#: Pixels of an edge: what phones of Apple, and what Chrome, ask for.
SIZES = (180, 192, 512)
_GROUND, _MARK = "#0f6b6f", "#ffffff"
#: The mark, in the 32 units of the SVG, drawn at four fifths so that nothing of it is cut off.
_POINTS, _WIDTH, _UNITS, _SHARE = ((8, 17), (13, 22), (24, 10)), 4, 32, 0.8


def drawn(size: int) -> Image.Image:
    """The icon with an edge of `size` pixels, drawn four times as large and made smaller."""
    large = size * 4
    unit, inset = large / _UNITS * _SHARE, large * (1 - _SHARE) / 2
    picture = Image.new("RGB", (large, large), _GROUND)
    pen = ImageDraw.Draw(picture)
    points = [(inset + x * unit, inset + y * unit) for x, y in _POINTS]
    pen.line(points, fill=_MARK, width=round(_WIDTH * unit))
    for x, y in points:
        half = _WIDTH * unit / 2
        pen.ellipse((x - half, y - half, x + half, y + half), fill=_MARK)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the icons."""
    for size in SIZES:
        drawn(size).quantize(32).save(STATIC / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
