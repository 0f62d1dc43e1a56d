"""Photos: redrawn upright and at moderate size, without the camera's metadata."""

import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from simulation.camera import scene
from tests.support.camera import SECRETS, exif_of, opened, photo, screenshot, written
from workflow import evidence
from workflow.errors import BadInput
from workflow.evidence.media_types import media_type_of
from workflow.pictures.images import develop

#: To write such photos; the product only reads them.
register_heif_opener()


@pytest.mark.parametrize(
    "content",
    [
        photo(),
        screenshot(),
        written(scene(1), "WEBP", exif=exif_of(), xmp=b"SECRET-XMP"),
        written(scene(1), "HEIF", exif=exif_of()),
    ],
)
def test_nothing_the_camera_wrote_is_kept(content: bytes) -> None:
    assert any(secret in content for secret in SECRETS)
    picture = develop(content)
    for kept in (picture.content, picture.thumbnail):
        assert [secret for secret in SECRETS if secret in kept] == []
        assert not opened(kept).getexif()
    assert (picture.latitude, picture.longitude) == (23.93, 115.775)


def test_a_photo_of_an_iphone_becomes_a_jpeg_with_its_time_and_place() -> None:
    content = written(scene(1, 640, 480), "HEIF", exif=exif_of())
    assert media_type_of(content) == "image/heic"
    picture = develop(content)
    assert picture.media_type == "image/jpeg"
    assert opened(picture.content).size == (640, 480)
    assert (picture.latitude, picture.longitude) == (23.93, 115.775)
    assert picture.taken_at == datetime(2018, 11, 20, 1, 30, tzinfo=UTC)


def test_when_and_where_it_was_taken_is_read_first() -> None:
    picture = develop(photo())
    assert picture.taken_at == datetime(2018, 11, 20, 1, 30, tzinfo=UTC)
    assert (picture.latitude, picture.longitude) == (23.93, 115.775)


@pytest.mark.parametrize(
    ("given", "taken_at"),
    [
        ({"offset": "+09:00"}, datetime(2018, 11, 20, 0, 30, tzinfo=UTC)),
        ({"offset": "-01:30"}, datetime(2018, 11, 20, 11, 0, tzinfo=UTC)),
        ({"offset": "nonsense"}, datetime(2018, 11, 20, 1, 30, tzinfo=UTC)),
        ({"offset": "+99:99"}, datetime(2018, 11, 20, 1, 30, tzinfo=UTC)),
        ({"taken": None}, None),
        ({"taken": "0000:00:00 00:00:00"}, None),
        ({"taken": "1970:01:01 00:00:00"}, None),
        ({"taken": "yesterday"}, None),
    ],
)
def test_a_camera_that_does_not_know_the_time_says_none(given: dict[str, Any], taken_at: datetime | None) -> None:
    assert develop(photo(**given)).taken_at == taken_at


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ({1: "S", 2: (10.0, 30.0, 0.0), 3: "W", 4: (20.0, 0.0, 36.0)}, (-10.5, -20.01)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, (None, None)),
        ({1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (20.0, 0.0, 0.0)}, (None, None)),
        ({1: "N", 2: (10.0, 0.0, 0.0)}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_a_place_that_cannot_be_is_none(gps: dict[int, Any], place: tuple[float | None, float | None]) -> None:
    picture = develop(photo(gps=gps))
    assert (picture.latitude, picture.longitude) == place


def redness(picture: Image.Image, x: int, y: int) -> int:
    value = picture.convert("RGB").getchannel("R").getpixel((x, y))
    assert isinstance(value, int)
    return value


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_held_any_way_stands_upright(orientation: int) -> None:
    upright = Image.new("RGB", (320, 160), "blue")
    upright.paste("red", (0, 0, 80, 80))
    # As the sensor wrote it: turning it by the metadata gives the upright picture.
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    lying = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    picture = opened(develop(written(lying, exif=exif_of(orientation=orientation), quality=95)).content)
    assert picture.size == (320, 160)
    corners = [redness(picture, *at) > 128 for at in ((20, 20), (300, 20), (20, 140), (300, 140))]
    assert corners == [True, False, False, False]


@pytest.mark.parametrize(
    ("size", "kept", "small"),
    [((4000, 3000), (2560, 1920), (320, 240)), ((600, 5200), (295, 2560), (37, 320)), ((40, 30), (40, 30), (40, 30))],
)
def test_a_large_photo_is_made_moderate_and_a_small_one_left(
    size: tuple[int, int], kept: tuple[int, int], small: tuple[int, int]
) -> None:
    picture = develop(written(scene(1, 640, 480).resize(size)))
    assert opened(picture.content).size == kept
    assert opened(picture.thumbnail).size == small


def test_a_screenshot_stays_a_png_and_a_large_one_becomes_a_photo() -> None:
    assert develop(screenshot()).media_type == "image/png"
    noise = Image.merge("RGB", [Image.effect_noise((1200, 1200), 90) for _ in range(3)])
    assert develop(written(noise, "PNG")).media_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_drawing_of_any_kind_can_be_kept(mode: str) -> None:
    drawing = Image.new(mode, (64, 64)) if mode == "I;16" else scene(2, 64, 64).convert(mode)
    picture = develop(written(drawing, "PNG"))
    assert opened(picture.content).size == (64, 64)
    assert opened(picture.thumbnail).mode in ("RGB", "L")


def test_print_of_four_inks_becomes_a_photo_for_screens() -> None:
    assert opened(develop(written(scene(1).convert("CMYK"))).content).mode == "RGB"


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "green", "blue")]
    picture = opened(develop(written(frames[0], "GIF", save_all=True, append_images=frames[1:])).content)
    assert getattr(picture, "n_frames", 1) == 1
    assert picture.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_of_a_photo_with_more_photos_behind_it_the_first_is_kept() -> None:
    pair = written(scene(1), "MPO", save_all=True, append_images=[scene(2)], exif=exif_of())
    picture = develop(pair)
    assert (picture.media_type, picture.latitude) == ("image/jpeg", 23.93)
    assert len(picture.content) < len(pair) * 0.7
    assert opened(picture.content).format == "JPEG"


def test_the_same_photo_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (evidence.take(tmp_path, photo(), name) for name in ("a.jpg", "b.jpg"))
    assert {**one, "filename": ""} == {**two, "filename": ""}


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that declares enormous dimensions."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(4_000_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(8000, 8000), (12000, 12000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_would_swell_is_refused_before_it_does(size: tuple[int, int]) -> None:
    with pytest.raises(BadInput) as refusal:
        develop(bomb(*size))
    assert (refusal.value.code, refusal.value.params) == ("picture_too_large", {"megapixels": 50})


def noted(content: bytes) -> bytes:
    """A JPEG with truncated metadata."""
    at = content.index(b"Exif\x00\x00")
    return content[: at + 20] + b"\xff" * 40 + content[at + 60 :]


@pytest.mark.parametrize(
    "content",
    [
        photo()[:9000],
        photo()[:30],
        b"\xff\xd8\xff",
        b"\xff\xd8\xff<html><script>alert(1)</script></html>",
        b"GIF89a/*<script>*/=1;alert(1)",
        screenshot()[:2000],
        b"RIFF\x10\x00\x00\x00WEBPVP8 \x00\x00",
        b"\x89PNG\r\n\x1a\n" + photo(),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        develop(content)
    assert refusal.value.code == "picture_unreadable"


# The library logs the broken metadata, and in tests every warning is an error.
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_notes_cost_the_place_and_not_the_photo() -> None:
    picture = develop(noted(photo()))
    assert (picture.taken_at, picture.latitude) == (None, None)
    assert opened(picture.content).size == (640, 480)


def test_what_hides_behind_a_picture_is_gone() -> None:
    sink = io.BytesIO(develop(photo() + b"PK\x03\x04 an archive").content)
    assert b"PK\x03\x04" not in sink.getvalue()
    assert b"<script>" not in sink.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"x" * (1024 * 1024 + 1), "file_too_large"), (b"\x00", "file_type_refused")],
)
def test_nothing_is_put_away_of_what_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        evidence.take(tmp_path / "files", content, "x", megabytes=1)
    assert refusal.value.code == code
    assert not list(tmp_path.rglob("*"))
