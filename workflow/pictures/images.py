"""Images: reads place and time of a photo, then redraws it upright at a moderate size.

The new picture contains no camera metadata (EXIF, GPS, maker notes, XMP, comments, colour profile) and no data
appended to the file.  Pure: the same bytes give the same picture.
"""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from PIL import ExifTags, Image, ImageOps

from workflow.errors import BadInput
from workflow.pictures.perceptual_hash import looks_of
from workflow.policy.worktime import SHANGHAI

#: The most pixels decoded: a phone's 50 megapixels, some 200 MB in memory.  The decoder of WebP holds them five times.
PIXELS, WEBP_PIXELS = 50_000_000, 16_000_000
#: The most times a picture is as long as it is wide: a long screenshot is 1:20; what scales a line needs gigabytes.
RATIO = 50
#: Long sides of the kept picture and of its thumbnail, in pixels.
SIDE, SMALL = 2560, 320
_QUALITY, _SMALL_QUALITY = 85, 75
#: A drawing or screenshot stays PNG unless it is larger than this; then it is treated as a photo.
_LARGEST_PNG = 2 * 1024 * 1024
Image.MAX_IMAGE_PIXELS = PIXELS
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF")


@dataclass(frozen=True, slots=True)
class Picture:
    """A redrawn picture; `perceptual_hash` is empty where it is too plain to be distinguished."""

    content: bytes
    media_type: str
    thumbnail: bytes
    looks: tuple[str, ...]
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def develop(content: bytes) -> Picture:
    """Read and redraw a picture; of an animated one the first frame.

    Raises BadInput: `picture_too_large` (pixels), `picture_too_long` (ratio), `picture_unreadable` (broken, cut off, or
    not a picture); MemoryError.
    """
    if content[4:8] == b"ftyp":
        _read_heif()
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            _bounded(image)
            taken_at, latitude, longitude = _told_by_the_camera(image)
            drawn = image.format in ("PNG", "GIF")
            # JPEG is decoded at a half or a quarter size where that is enough, which saves memory and time.
            image.draft("RGB", (SIDE, SIDE))
            image.load()
            upright = _flat(_upright(_smaller(image, keep=drawn)), keep=drawn)
    except (BadInput, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(PIXELS) from error
    except Exception as error:
        # Decoders raise any exception on a broken file; for the user it is one error.
        raise BadInput("picture_unreadable", "file") from error
    kept, media_type = _written(upright, drawn)
    small = _flat(upright, keep=False)
    small.thumbnail((SMALL, SMALL))
    return Picture(kept, media_type, _jpeg(small, _SMALL_QUALITY), looks_of(small), taken_at, latitude, longitude)


@cache
def _read_heif() -> None:
    """Let Pillow read photos of iPhones; the library is loaded when the first one comes."""
    from pillow_heif import options, register_heif_opener

    options.DECODE_THREADS = 1
    register_heif_opener(thumbnails=False)


def _bounded(image: Image.Image) -> None:
    """The declared size of a picture of which nothing is decoded yet.  Raises BadInput."""
    most = WEBP_PIXELS if image.format == "WEBP" else PIXELS
    if image.width * image.height > most:
        raise _too_large(most)
    if max(image.size) > RATIO * min(image.size):
        raise BadInput("picture_too_long", "file", ratio=RATIO)


def _too_large(most: int) -> BadInput:
    return BadInput("picture_too_large", "file", megapixels=most // 1_000_000)


def _smaller(image: Image.Image, *, keep: bool) -> Image.Image:
    """The picture at the size that is kept: first of all, since every further step holds its pixels twice."""
    if max(image.size) > SIDE:
        # Colours by number and single bits have no mean.
        image = image if image.mode in ("RGB", "RGBA", "L", "LA", "CMYK") else _flat(image, keep=keep)
        image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return image


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # A picture with broken metadata is still a picture; it is not rotated.
        return image


def _flat(image: Image.Image, *, keep: bool) -> Image.Image:
    """The pixels in a mode that JPEG supports; transparency is put on white unless it is kept."""
    if image.mode.startswith("I"):
        # Sixteen-bit grey, as scanners write it, is reduced to eight.
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
    """The picture without its metadata, which a writer would otherwise copy."""
    bare = image.copy()
    bare.info = {}
    bare.getexif().clear()
    return bare


def _told_by_the_camera(image: Image.Image) -> tuple[datetime | None, float | None, float | None]:
    """Time (China's where the camera names no offset) and place from the metadata."""
    try:
        exif = image.getexif()
        inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        # Truncated or forged metadata counts as none.
        return None, None, None
    return _taken_at(inner), *_coordinates(gps)


def _taken_at(inner: dict[int, Any]) -> datetime | None:
    text = str(inner.get(ExifTags.Base.DateTimeOriginal) or inner.get(ExifTags.Base.DateTimeDigitized) or "")
    try:
        moment = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")
        # A moment outside these years means that the camera's clock was never set.
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


def _coordinates(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    # Cameras without a position write 0, 0.
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return latitude, longitude


def _degrees(gps: dict[int, Any], where: int, side: int, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in gps[where])
        angle = degrees + minutes / 60 + seconds / 3600
        if not math.isfinite(angle) or not 0 <= angle <= most:
            return None
        mark = gps[side]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    mark = mark.decode("ascii", "replace") if isinstance(mark, bytes) else str(mark)
    return round(-angle if mark.strip("\x00 ").upper() == negative else angle, 6)
