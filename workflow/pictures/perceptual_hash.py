"""Perceptual hashes: 64 bits of how a picture looks (dHash), and the keys to find similar ones.

Each bit says whether a field of a coarse grid is brighter than its right neighbour; writing the file again or in another
size changes a few bits, cutting off its border changes many.  So a picture is stored under its own hash and that of its
inside, and searched by its own hash and that of a slightly smaller cut: cuts up to a twentieth on each side match.

Finding hashes that differ in at most `NEAR` of 64 bits among a million needs an index: of four bands of 16 bits one
then differs in at most one bit, so 17 keys a band are enough, and a lookup reads a few thousand short rows however many
there are.
"""

from collections.abc import Iterator

from PIL import Image

#: The most bits in which two similar hashes differ, as four bands of at most one wrong bit guarantee.
NEAR = 7
_BANDS, _BITS = 4, 16
#: The cut from each side: for its own hash, for the second one it is searched by, for the second one stored.
_CUTS = (0.0, 0.025, 0.05)
#: A picture is distinguishable only if so many of its 64 steps are so steep, in so many rows.
_STEPS, _STEEP, _ROWS = 24, 4, 4


def looks_of(image: Image.Image) -> tuple[str, ...]:
    """The hashes of a (small) picture, in hexadecimal: whole, slightly cut, inside; none if it is too plain.

    All white walls look alike, also when lit from the side.
    """
    grey = image.convert("L")
    whole, *inner = (_grid(grey, cut) for cut in _CUTS)
    if _is_plain(whole):
        return ()
    return tuple(f"{_bits(grid):016x}" for grid in (whole, *inner))


def _grid(grey: Image.Image, cut: float) -> bytes:
    width, height = grey.size
    box = (width * cut, height * cut, width * (1 - cut), height * (1 - cut))
    return grey.resize((9, 8), Image.Resampling.LANCZOS, box).tobytes()


def _steps(grid: bytes) -> Iterator[int]:
    for row in range(8):
        for column in range(8):
            yield grid[row * 9 + column] - grid[row * 9 + column + 1]


def _bits(grid: bytes) -> int:
    bits = 0
    for step in _steps(grid):
        bits = bits << 1 | (step > 0)
    return bits


def _is_plain(grid: bytes) -> bool:
    steep = sum(abs(step) >= _STEEP for step in _steps(grid))
    rows = set(_bits(grid).to_bytes(8))
    return steep < _STEPS or len(rows) < _ROWS


def distance(one: str, other: str) -> int:
    """The number of the 64 bits in which two hashes differ.

    >>> distance("00000000000000ff", "00000000000000fe")
    1
    """
    return (int(one, 16) ^ int(other, 16)).bit_count()


def filed_under(look: str) -> list[int]:
    """The keys of a hash's bands: the number of the band, then its 16 bits."""
    bits = int(look, 16)
    return [band << _BITS | bits >> _BITS * band & 0xFFFF for band in range(_BANDS)]


def sought_under(look: str) -> set[int]:
    """The keys of which every hash within `NEAR` bits has at least one."""
    return {key ^ flip for key in filed_under(look) for flip in (0, *(1 << bit for bit in range(_BITS)))}
