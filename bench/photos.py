"""Photo benchmark: photos redrawn per second, and the cost of looking one up among a million.

`python -m bench.photos [--rows 1000000] [--postgresql URL]`; without a URL the look-up is measured on SQLite alone.
"""

import argparse
import io
import random
import statistics
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import Engine, text

from models.engine import make_engine, reading
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET
from simulation.camera import scene
from workflow.evidence import FolderStore, take
from workflow.pictures.images import develop
from workflow.pictures.perceptual_hash import looks_of
from workflow.tickets.photo_reuse import seen_before


def median(work: Callable[[], object], times: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Median of so many runs, in milliseconds."""
    spans = []
    for _ in range(times):
        began = clock()
        work()
        spans.append((clock() - began) * 1000)
    return statistics.median(spans)


def photo(width: int, height: int) -> bytes:
    """A photo of these dimensions with about as many bytes as a phone's."""
    grain = Image.effect_noise((width // 2, height // 2), 40).resize((width, height)).convert("RGB")
    sink = io.BytesIO()
    Image.blend(scene(1, 640, 480).resize((width, height)), grain, 0.15).save(sink, "JPEG", quality=90)
    return sink.getvalue()


def developing() -> None:
    print("developing, time of one core: read, redraw, thumbnail, look; its floor: decode and encode alone")
    for width, height in ((640, 480), (1600, 1200), (4000, 3000), (8000, 6000)):
        content = photo(width, height)

        def floor(content: bytes = content) -> None:
            with Image.open(io.BytesIO(content)) as image:
                image.draft("RGB", (2560, 2560))
                small = image.convert("RGB")
            small.thumbnail((2560, 2560))
            small.save(io.BytesIO(), "JPEG", quality=85)

        ours = median(partial(develop, content), 9, time.process_time)
        bare = median(floor, 9, time.process_time)
        print(
            f"  {width}x{height} {len(content) / 1e6:5.1f} MB: {ours:7.1f} ms = {1000 / ours:6.1f} a second;"
            f" floor {bare:7.1f} ms, ratio {bare / ours:.2f}"
        )
    with tempfile.TemporaryDirectory() as folder:
        store, content = FolderStore(Path(folder)), photo(1600, 1200)
        print(f"  and put away, twice fsynced: {median(lambda: take(store, content, 'p.jpg'), 9):.1f} ms")


def looks(rows: int, rng: random.Random) -> Iterator[str]:
    """Perceptual hashes that cluster as those of real photos do: around some hundred scenes, a third of the bits
    changed.
    """
    common = [int(looks_of(scene(number, 160, 120))[0], 16) for number in range(300)]
    for _ in range(rows):
        look = rng.choice(common)
        for bit in rng.sample(range(64), rng.randint(8, 26)):
            look ^= 1 << bit
        yield f"{look:016x}"


def filled(engine: Engine, rows: int) -> list[str]:
    """Stores the bands of so many photos, two hashes each, without the photos; returns some of the hashes."""
    rng = random.Random(1)
    # Whole numbers, and one band at a time: eight million rows at once would not fit beside the database.
    seen = array("Q", (int(look, 16) for look in looks(2 * rows, rng)))
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        lite = engine.dialect.name == "sqlite"
        for statement in ("PRAGMA foreign_keys=OFF", "BEGIN") if lite else ("SET session_replication_role = replica",):
            cursor.execute(statement)
        for band in range(4):
            order = sorted((look >> 16 * band & 0xFFFF, look, number // 2 + 1) for number, look in enumerate(seen))
            entries: Any = ((band << 16 | bits, f"{look:016x}", number) for bits, look, number in order)
            if lite:
                cursor.executemany("INSERT INTO look_band (key, look, evidence_id) VALUES (?, ?, ?)", entries)
                continue
            with cursor.copy("COPY look_band (key, look, evidence_id) FROM STDIN") as copy:
                for entry in entries:
                    copy.write_row(entry)
        cursor.execute("COMMIT")
        cursor.close()
    finally:
        raw.close()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not lite:
            connection.execute(text("VACUUM ANALYZE look_band"))
    return [f"{rng.choice(seen):016x}" for _ in range(200)]


def seeking(engine: Engine, rows: int) -> None:
    create_schema(engine)
    began = time.perf_counter()
    known = iter(filled(engine, rows))
    print(
        f"seen before? among {rows:,} photos on {engine.dialect.name} (filled in {time.perf_counter() - began:.0f} s)"
    )
    strange = looks(400, random.Random(2))
    with reading(engine) as session:
        new = median(lambda: seen_before(session, (next(strange), next(strange)), {}, None), 100)
        old = median(lambda: seen_before(session, (next(known), next(strange)), {}, None), 100)
        floor = median(lambda: session.execute(text("SELECT 1")).all(), 100)
    print(f"  never seen {new:.1f} ms, seen {old:.1f} ms; one empty query {floor:.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgresql", help="an empty database")
    given = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    developing()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/bench.db", DEVELOPMENT_SECRET)
        seeking(engine, given.rows)
        engine.dispose()
    if given.postgresql:
        engine = make_engine(given.postgresql, DEVELOPMENT_SECRET)
        seeking(engine, given.rows)
        engine.dispose()


if __name__ == "__main__":
    main()
