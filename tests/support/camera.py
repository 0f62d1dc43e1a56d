"""Photos as phones write them, with all the metadata that must not be kept."""

import io
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

from simulation.camera import scene

#: What a search through kept bytes must not find: one word for each place in which a camera or a person may leave it.
SECRETS = (
    b"SECRET-MAKE",
    b"SECRET-MAKER-NOTE",
    b"SECRET-XMP",
    b"SECRET-COMMENT",
    b"SECRET-ICC",
    b"SECRET-TAIL",
    b"Exif",
    b"ICC_PROFILE",
    b"ns.adobe.com",
    b"GPS",
)
_GPS = {1: "N", 2: (23.0, 55.0, 48.0), 3: "E", 4: (115.0, 46.0, 30.0)}


def exif_of(
    *,
    taken: str | None = "2018:11:20 09:30:00",
    offset: str | None = None,
    gps: dict[int, Any] | None = None,
    orientation: int = 1,
) -> Image.Exif:
    """The camera's metadata."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET-MAKE"
    exif[ExifTags.Base.Orientation] = orientation
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.MakerNote] = b"SECRET-MAKER-NOTE"
    if taken:
        inner[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(_GPS if gps is None else gps)
    return exif


def written(picture: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """The picture as file bytes."""
    sink = io.BytesIO()
    picture.save(sink, kind, **more)
    return sink.getvalue()


def photo(seed: object = 1, size: tuple[int, int] = (640, 480), **exif: Any) -> bytes:
    """A JPEG with metadata of a phone, of other apps and of a forger."""
    return (
        written(
            scene(seed, *size),
            exif=exif_of(**exif),
            comment=b"SECRET-COMMENT",
            icc_profile=b"SECRET-ICC" * 20,
            xmp=b"http://ns.adobe.com/xap/1.0/ SECRET-XMP",
            quality=90,
        )
        + b"SECRET-TAIL<script>alert(1)</script>"
    )


def screenshot(size: tuple[int, int] = (400, 700)) -> bytes:
    """A PNG with metadata."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET-COMMENT")
    notes.add_itxt("XML:com.adobe.xmp", "SECRET-XMP")
    return written(scene("screen", *size), "PNG", pnginfo=notes, exif=exif_of())


def opened(content: bytes) -> Image.Image:
    """The picture in a file's bytes."""
    return Image.open(io.BytesIO(content))
