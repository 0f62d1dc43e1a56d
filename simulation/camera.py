"""A camera for the simulated county: scenes that differ from one another, with when and where they were taken."""

import io
import random
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw, ImageFilter

from workflow.policy.worktime import SHANGHAI

#: About the middle of Wuhua county.
_MIDDLE = (23.93, 115.78)


def scene(seed: object, width: int = 320, height: int = 240) -> Image.Image:
    """A farmyard, more or less: sky, hills, fields, houses, tanks and trees; the same seed gives the same one."""
    rng = random.Random(str(seed))
    picture = Image.new("RGB", (width, height), _colour(rng, 110, 250))
    draw = ImageDraw.Draw(picture)
    for depth in range(5):
        top = height * (0.15 + 0.17 * depth)
        points = [(x, top + rng.uniform(-0.13, 0.13) * height) for x in range(0, width + 60, width // 8)]
        draw.polygon([(0, height), *points, (width, height)], fill=_colour(rng, 30, 200))
    for _ in range(rng.randrange(10, 18)):
        left, top = rng.uniform(-0.1, 0.95) * width, rng.uniform(0, 0.9) * height
        box = (left, top, left + rng.uniform(0.05, 0.4) * width, top + rng.uniform(0.08, 0.4) * height)
        (draw.rectangle if rng.random() < 0.6 else draw.ellipse)(box, fill=_colour(rng, 0, 255))
    return picture.filter(ImageFilter.GaussianBlur(width / 640))


def _colour(rng: random.Random, least: int, most: int) -> tuple[int, int, int]:
    grey = rng.randint(least, most)
    red, green, blue = (max(0, min(255, grey + rng.randint(-30, 30))) for _ in range(3))
    return red, green, blue


def snap(seed: object, at: datetime, where: object = None) -> bytes:
    """A JPEG as a phone writes it, taken at that moment, somewhere in the county that `where` decides."""
    rng = random.Random(f"place {where if where is not None else seed}")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Shanzhai"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{at.astimezone(SHANGHAI):%Y:%m:%d %H:%M:%S}"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    for tag, side, middle in ((2, "N", _MIDDLE[0]), (4, "E", _MIDDLE[1])):
        degrees = middle + rng.uniform(-0.25, 0.25)
        gps[tag - 1] = side
        gps[tag] = (float(int(degrees)), float(int(degrees % 1 * 60)), round(degrees * 60 % 1 * 60, 2))
    sink = io.BytesIO()
    scene(seed).save(sink, "JPEG", quality=80, exif=exif)
    return sink.getvalue()
