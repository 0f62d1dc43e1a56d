"""Anchor: prints snapshot hash and head of the chain as text and QR, so that a holder of the paper can prove a later
rewrite.
"""

import io
from typing import Any

from models import Ranking


def lines(row: Ranking) -> list[list[str]]:
    """The printed lines: label and value."""
    number, head = row.content["block"]
    return [
        ["排名快照校验值（SHA-256）", row.hash],
        [f"历史记录封存校验值（第{number}批）", str(head)],
        ["计算公式校验值", str(row.content["formula"])],
    ]


def text(row: Ranking) -> str:
    """The text of the QR: one line of ASCII each for day, snapshot and block."""
    number, head = row.content["block"]
    return f"ranking {row.on.isoformat()} #{row.edition}\nsnapshot {row.hash}\nblock {number} {head}"


def svg(said: str) -> str:
    """The QR as SVG."""
    made: str = _made(said).svg_inline(scale=4, border=2)
    return made.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def png(said: str) -> bytes:
    """The QR as PNG."""
    stream = io.BytesIO()
    _made(said).save(stream, kind="png", scale=4, border=2)
    return stream.getvalue()


def _made(said: str) -> Any:
    # Imported here, so that a web worker that prints nothing does not load it.
    import segno

    return segno.make(said, error="m", micro=False)
