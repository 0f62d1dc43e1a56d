"""Photos: where and when they were taken is read, then they are drawn anew, upright and of moderate size.

The new picture carries nothing of what the camera wrote (EXIF, GPS, maker notes, XMP, comments, colour profile) and
nothing that was hidden behind the picture.  Pure: the same bytes give the same picture.
"""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL import ExifTags, Image, ImageOps

from workflow.errors import BadInput
from workflow.evidence.perceptual_hash import looks_of
from workflow.policy.worktime import SHANGHAI

#: The most pixels that are decoded: a phone's 50 megapixels, some 200 MB while it is worked on.
PIXELS = 50_000_000
#: Long sides of the kept picture and of its thumbnail, in pixels.
SIDE, SMALL = 2560, 320
_QUALITY, _SMALL_QUALITY = 85, 75
#: A drawing or a screenshot stays PNG unless that is larger than this; then it was a photo after all.
_LARGEST_PNG = 2 * 1024 * 1024
Image.MAX_IMAGE_PIXELS = PIXELS
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A developed picture; `perceptual_hash` is empty where it is too plain to be told from another."""

    content: bytes
    media_type: str
    thumbnail: bytes
    looks: tuple[str, ...]
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def develop(content: bytes) -> Picture:
    """Read and redraw a picture; of an animated one the first frame.

    Raises BadInput: `picture_too_large` (pixels), `picture_unreadable` (broken, cut off, or not a picture).
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise _too_large()
            taken_at, latitude, longitude = _told_by_the_camera(image)
            drawn = image.format in ("PNG", "GIF")
            # JPEG is decoded at a half or a quarter at once where that is enough, which saves memory and time.
            image.draft("RGB", (SIDE, SIDE))
            image.load()
            upright = _flat(_upright(image), keep=drawn)
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:
        # Decoders raise whatever a broken file leads them to; to the person it is one thing.
        raise BadInput("picture_unreadable", "file") from error
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    kept, media_type = _written(upright, drawn)
    small = _flat(upright, keep=False)
    small.thumbnail((SMALL, SMALL))
    return Picture(kept, media_type, _jpeg(small, _SMALL_QUALITY), looks_of(small), taken_at, latitude, longitude)


def _too_large() -> BadInput:
    return BadInput("picture_too_large", "file", megapixels=PIXELS // 1_000_000)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # A picture whose notes are broken is still a picture; it stays as it lies.
        return image


def _flat(image: Image.Image, *, keep: bool) -> Image.Image:
    """The picture's pixels alone, in a mode that JPEG takes; transparency, unless it is to be kept, on white."""
    if image.mode.startswith("I"):
        # Sixteen bits of grey, as scanners write them, down to eight.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if clear and not keep:
        seen = image.convert("RGBA")
        flat = Image.new("RGB", seen.size, "white")
        flat.paste(seen, mask=seen.getchannel("A"))
        return flat
    return image.convert("RGBA" if clear else "L" if image.mode in ("1", "L") else "RGB")


def _written(image: Image.Image, drawn: bool) -> tuple[bytes, str]:
    if drawn:
        sink = io.BytesIO()
        _bare(image).save(sink, "PNG")
        if sink.tell() <= _LARGEST_PNG:
            return sink.getvalue(), "image/png"
    return _jpeg(_flat(image, keep=False), _QUALITY), "image/jpeg"


def _jpeg(image: Image.Image, quality: int) -> bytes:
    sink = io.BytesIO()
    _bare(image).save(sink, "JPEG", quality=quality)
    return sink.getvalue()


def _bare(image: Image.Image) -> Image.Image:
    """The picture without its notes, which a writer would otherwise write again."""
    bare = image.copy()
    bare.info = {}
    bare.getexif().clear()
    return bare


def _told_by_the_camera(image: Image.Image) -> tuple[datetime | None, float | None, float | None]:
    """When (with China's time where the camera names no offset) and where the picture says it was taken."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        # The notes may be cut off or forged; then they say nothing.
        return None, None, None
    return _taken_at(inner), *_place(gps)


def _taken_at(inner: dict[int, Any]) -> datetime | None:
    text = str(inner.get(ExifTags.Base.DateTimeOriginal) or inner.get(ExifTags.Base.DateTimeDigitized) or "")
    try:
        moment = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")
        # A moment outside these years is a camera whose clock was never set.
        if not 1990 <= moment.year <= 2100:
            return None
        return moment.replace(tzinfo=_offset(inner) or SHANGHAI).astimezone(UTC)
    except ValueError:
        return None


def _offset(inner: dict[int, Any]) -> timezone | None:
    text = str(inner.get(ExifTags.Base.OffsetTimeOriginal) or "").strip("\x00 ")
    try:
        hours, minutes = text[1:].split(":")
        span = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-span if text[0] == "-" else span)
    except (ValueError, IndexError):
        return None


def _place(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    # Nought and nought is what a camera writes that has not found itself yet.
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(gps: dict[int, Any], where: int, side: int, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in gps[where])
        found = degrees + minutes / 60 + seconds / 3600
        if not math.isfinite(found) or not 0 <= found <= most:
            return None
        mark = gps[side]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    mark = mark.decode("ascii", "replace") if isinstance(mark, bytes) else str(mark)
    return round(-found if mark.strip("\x00 ").upper() == negative else found, 6)
