"""Perceptual hashes: a photo compressed again, resized or cropped is recognised; a plain surface matches nothing."""

import random
from collections.abc import Callable
from functools import cache

import pytest
from PIL import Image, ImageEnhance

from simulation.camera import scene
from tests.support.camera import opened, written
from workflow.pictures.images import develop
from workflow.pictures.perceptual_hash import NEAR, distance, filed_under, looks_of, sought_under


@cache
def photos() -> list[Image.Image]:
    return [scene(f"look {number}", 960, 720) for number in range(40)]


@cache
def untouched() -> list[tuple[str, ...]]:
    """The looks of the photos as they were taken."""
    return [looks(photo) for photo in photos()]


def looks(picture: Image.Image) -> tuple[str, ...]:
    return develop(written(picture, quality=90)).looks


def cut(share: float) -> Callable[[Image.Image], Image.Image]:
    def done(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop(
            (round(width * share), round(height * share), round(width * (1 - share)), round(height * (1 - share)))
        )

    return done


def apart(new: tuple[str, ...], old: tuple[str, ...]) -> int:
    """Hamming distance as the search computes it: the new photo, whole and slightly cropped, against the old one, whole
    and inner part.
    """
    return min(distance(sought, filed) for sought in new[:2] for filed in (old[0], old[-1]))


@pytest.mark.parametrize(
    ("changed", "least"),
    [
        (lambda photo: opened(written(photo, quality=30)).convert("RGB"), 40),
        (lambda photo: photo.resize((400, 300)), 40),
        (lambda photo: photo.resize((1700, 1275)), 40),
        (lambda photo: ImageEnhance.Brightness(photo).enhance(0.9), 38),
        (cut(0.01), 38),
        (cut(0.02), 38),
        (cut(0.03), 38),
        (cut(0.05), 38),
    ],
    ids=["written anew", "smaller", "larger", "darker", "1 %", "2 %", "3 %", "5 %"],
)
def test_a_photo_that_was_touched_up_is_near_itself(changed: Callable[[Image.Image], Image.Image], least: int) -> None:
    pairs = zip(photos(), untouched(), strict=True)
    assert sum(apart(looks(changed(photo)), before) <= NEAR for photo, before in pairs) >= least


def test_photos_of_different_things_are_far_apart() -> None:
    seen = untouched()
    assert all(len(look) == 3 for look in seen)
    assert min(apart(one, other) for number, one in enumerate(seen) for other in seen[:number]) > NEAR


def shaded(width: int, height: int, corner: tuple[float, float]) -> Image.Image:
    """A white wall in lamplight."""
    wall = Image.new("L", (width, height))
    wall.putdata(
        [
            int(230 - 120 * abs(x / width - corner[0]) - 20 * abs(y / height - corner[1]))
            for y in range(height)
            for x in range(width)
        ]
    )
    return wall


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (800, 600), "white"),
        Image.new("RGB", (800, 600), "black"),
        Image.effect_noise((800, 600), 20),
        Image.linear_gradient("L"),
        shaded(160, 120, (0, 0)),
        shaded(160, 120, (0.5, 0.5)),
    ],
    ids=["white", "black", "noise", "gradient", "lamp", "lamp in the middle"],
)
def test_a_plain_picture_looks_like_nothing(picture: Image.Image) -> None:
    assert looks_of(picture.convert("RGB")) == ()


#: Rows of nine points: up and down, down and up, down all the way, and two down and two up.
ROWS = (
    (200, 100, 200, 100, 200, 100, 200, 100, 200),
    (100, 200, 100, 200, 100, 200, 100, 200, 100),
    (200, 180, 160, 140, 120, 100, 80, 60, 40),
    (200, 150, 100, 150, 200, 150, 100, 150, 200),
)


def test_a_picture_of_three_different_rows_is_plain_and_of_four_it_is_not() -> None:
    for kinds, plain in ((3, True), (4, False)):
        picture = Image.new("L", (9, 8))
        picture.putdata([point for number in range(8) for point in ROWS[number % kinds]])
        assert (looks_of(picture.convert("RGB")) == ()) == plain, kinds


def test_whatever_differs_in_few_bits_shares_a_key() -> None:
    rng = random.Random(1)
    for _ in range(2000):
        look = rng.getrandbits(64)
        other = look
        for bit in rng.sample(range(64), rng.randint(0, NEAR)):
            other ^= 1 << bit
        assert set(filed_under(f"{other:016x}")) & sought_under(f"{look:016x}")
    assert len(sought_under("0" * 16)) == 68
