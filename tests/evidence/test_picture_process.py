"""Picture process: hostile pictures cost the child bounded memory and time, the serving process nothing, and others little."""

import os
import re
import resource
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.support.camera import photo, written
from tests.test_layers import MODULES
from workflow.errors import BadInput, TooMany
from workflow.pictures.images import PIXELS
from workflow.pictures.picture_child import MEMORY
from workflow.pictures.picture_process import Pictures


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


def png(width: int, height: int, *before: tuple[bytes, bytes], bits: int = 8, colour: int = 0) -> bytes:
    """A PNG of one colour: its pixels are zeros, of which a million are a kilobyte."""
    row = 1 + width * bits * {0: 1, 2: 3, 6: 4}[colour] // 8
    squeezed = zlib.compressobj()
    data = b"".join(squeezed.compress(bytes(row)) for _ in range(height)) + squeezed.flush()
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = [(b"IHDR", head), *before, (b"IDAT", data), (b"IEND", b"")]
    made = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def webp(width: int, height: int) -> bytes:
    """A WebP of 34 bytes that declares its canvas."""
    head = bytes([16, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(width: int, height: int, frames: int) -> bytes:
    """A GIF whose frames are many, each of the whole canvas."""
    content = written(Image.new("P", (width, height)), "GIF")
    start = content.rindex(b"\x2c\x00\x00\x00\x00")
    return content[:start] + content[start:-1] * frames + b";"


def scanned(scans: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each goes over all blocks."""
    content = written(Image.new("L", (3200, 2400)), progressive=True, quality=30)
    start, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    return content[:end] + content[start:end] * scans + content[end:]


ZEROS = zlib.compress(bytes(50_000_000), 1)
NOTE, PROFILE = (b"zTXt", b"note\x00\x00" + ZEROS), (b"iCCP", b"note\x00\x00" + ZEROS)
FRAMES = [Image.new("RGB", (900, 600), colour) for colour in range(64)]
BOMBS = {
    "a line of fifty megapixels": (png(PIXELS, 1), "picture_too_long"),
    "a column one wide": (png(1, 100_000, bits=1), "picture_too_long"),
    "a hundred megapixels": (png(10_000, 10_000, bits=1), "picture_too_large"),
    "a profile of 50 MB": (png(64, 64, PROFILE), None),
    "notes of 1 GB": (png(64, 64, *[NOTE] * 20), "picture_unreadable"),
    "a WebP of 34 bytes": (webp(16_383, 16_383), None),
    "a GIF of the largest canvas": (b"GIF89a" + b"\xff" * 4 + gif(1, 1, 1)[10:], None),
    "a GIF of 5,000 frames": (gif(900, 900, 5_000), None),
    "a WebP of 64 frames": (written(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]), None),
    "metadata that lead to themselves": (
        photo().replace(b"Exif\x00\x00MM\x00*\x00\x00\x00\x08", b"Exif\x00\x00MM\x00*\xff\xff\xff\xf0"),
        None,
    ),
}


def test_no_bomb_takes_memory_or_time(pictures: Pictures) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    for name, (content, code) in BOMBS.items():
        try:
            pictures.develop(content)
            refused = None
        except BadInput as refusal:
            refused = refusal.code
        assert code is None or refused == code, name
        assert refused is None or refused.startswith("picture_"), name
    assert pictures.develop(photo()).looks
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
    assert pictures.child is not None
    held = next(line for line in Path(f"/proc/{pictures.child.pid}/status").read_text().splitlines() if "VmHWM" in line)
    assert int(held.split()[1]) * 1024 <= MEMORY


def test_nothing_decodes_pictures_outside_of_the_child() -> None:
    decoding = {
        module for module, path in MODULES.items() if re.search(r"images import .*\bdevelop\b", path.read_text())
    }
    assert decoding == {"workflow.pictures.picture_child", "bench.photos"}


def test_a_picture_that_takes_all_the_memory_costs_its_sender_alone() -> None:
    pictures = Pictures(memory=128 * 1024 * 1024)
    try:
        pictures.develop(photo())
        first = pictures.child
        with pytest.raises(BadInput) as refusal:
            # A child that has worked before is asked, then a fresh one.
            pictures.develop(png(4_000, 4_000, colour=6))
        assert (refusal.value.code, refusal.value.field) == ("picture_too_costly", "file")
        assert pictures.develop(photo()).taken_at is not None
        assert pictures.child is not first
    finally:
        pictures.close()


def test_others_wait_no_longer_than_the_time_of_one_picture() -> None:
    pictures = Pictures(seconds=1.5, patience=0.1)
    slow, outcome = scanned(20_000), []

    def send() -> None:
        try:
            pictures.develop(slow)
        except BadInput as refusal:
            outcome.append(refusal.code)

    thread = threading.Thread(target=send)
    try:
        thread.start()
        while pictures.child is None:
            time.sleep(0.01)
        with pytest.raises(TooMany) as refusal:
            pictures.develop(photo())
        assert (refusal.value.code, refusal.value.field, refusal.value.seconds) == ("pictures_wait", "file", 10)
        thread.join()
        assert outcome == ["picture_too_costly"]
        # Whoever comes next finds a new child, after no longer than its start.
        assert pictures.develop(photo()).looks
    finally:
        pictures.close()


def test_the_child_sees_no_environment_and_is_never_shared(pictures: Pictures) -> None:
    pictures.develop(photo())
    assert pictures.child is not None
    mine = pictures.child.pid
    assert Path(f"/proc/{mine}/environ").read_bytes() == b""
    pid = os.fork()
    if pid == 0:
        pictures.forked()
        ok = pictures.child is None and bool(pictures.develop(photo()).looks)
        ok = ok and pictures.child is not None and pictures.child.pid != mine
        pictures.close()
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert pictures.develop(photo()).looks
    assert pictures.child.pid == mine
