"""Anchors: compares a block head that was printed or sent away with the history as it now is, and lists the blocks.

An anchor is the number and the hash of a block.  Whoever holds one outside the database can prove a later rewrite: the block
has another hash then, or, where the database was put back to an older day, is not there any more.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Block, Event, Ranking
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed
from workflow.history.sealing import is_whole

#: Who compares anchors: units that receive the papers with them, and those that oversee.
READERS = ("inspectorate", "office", "leaders", "system")
#: So many characters of a hash name it: nobody finds another history that begins with the same 64 bits.
FEWEST = 16
_WHOLE = 64
_BLOCK = re.compile(r"block\s+(\d{1,18})\s+([0-9a-f]{64})(?![0-9a-f])", re.IGNORECASE)
_SNAPSHOT = re.compile(
    r"ranking\s+(\d{4}-\d{2}-\d{2})\s+#(\d{1,9})\s+snapshot\s+([0-9a-f]{64})(?![0-9a-f])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A ranking as a paper names it: its day, its edition and the hash of its snapshot."""

    on: date
    edition: int
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A block head as it left the house: the block's number, its hash or the beginning of it, in lower case, and the
    snapshot printed beside it, if any."""

    number: int
    hash: str
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an anchor shows: `verdict` is `as_printed`, `differs` or `not_there`; `snapshot` the same of the ranking, None
    where the anchor names none.  `sealed_at` is of the block that has the number now, `head` the number of the last block."""

    anchor: Anchor
    verdict: str
    sealed_at: datetime | None
    head: int
    snapshot: str | None = None

    @property
    def holds(self) -> bool:
        """Whether all that the anchor names is as it was."""
        return self.verdict == "as_printed" and self.snapshot in (None, "as_printed")


@dataclass(frozen=True, slots=True)
class BlockLine:
    """One block of the list; `first` and `last` are the numbers of its first and its last event, None where they are gone."""

    number: int
    sealed_at: datetime
    events: int
    hash: str
    first: int | None
    last: int | None


def anchor_of(number: str, digest: str) -> Anchor:
    """The anchor typed by hand: spaces in the hash and capitals do not matter.  Raises BadInput."""
    at, head = number.strip(), "".join(digest.split()).lower()
    if not at.isdecimal() or not 1 <= int(at) <= LARGEST_ID:
        raise BadInput("bad_block_number", "block")
    if not re.fullmatch(f"[0-9a-f]{{{FEWEST},{_WHOLE}}}", head):
        raise BadInput("bad_block_hash", "hash", fewest=FEWEST)
    return Anchor(int(at), head)


def anchor_in(text: str) -> Anchor:
    """The anchor in the text of a paper's QR or of a message.  Raises BadInput."""
    block = _BLOCK.search(text)
    if block is None:
        raise BadInput("no_anchor_in_text", "text")
    if not int(block[1]):
        raise BadInput("nothing_sealed_then", "text")
    anchor = anchor_of(block[1], block[2])
    ranking = _SNAPSHOT.search(text)
    if ranking is None:
        return anchor
    try:
        snapshot = Snapshot(date.fromisoformat(ranking[1]), int(ranking[2]), ranking[3].lower())
    except ValueError as error:
        raise BadInput("no_anchor_in_text", "text") from error
    return Anchor(anchor.number, anchor.hash, snapshot)


def compare(session: Session, actor: Actor, anchor: Anchor) -> Comparison:
    """Compare an anchor with the block that has its number, whose hash is computed again from its events.

    Raises NotAllowed.
    """
    _refuse_others(actor)
    head = session.scalar(select(func.max(Block.number))) or 0
    block = session.scalars(select(Block).where(Block.number == anchor.number)).one_or_none()
    verdict = "not_there"
    if block is not None:
        verdict = "as_printed" if block.hash.startswith(anchor.hash) and is_whole(session, block) else "differs"
    return Comparison(
        anchor, verdict, block.sealed_at if block else None, head, _compare_snapshot(session, anchor.snapshot)
    )


def _compare_snapshot(session: Session, snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return None
    query = select(Ranking.hash).where(Ranking.on == snapshot.on, Ranking.edition == snapshot.edition)
    stored = session.scalar(query)
    if stored is None:
        return "not_there"
    return "as_printed" if stored == snapshot.hash else "differs"


def blocks(session: Session, actor: Actor, before: int | None = None, limit: int = 50) -> list[BlockLine]:
    """The latest blocks, before the one with the number `before`.  Raises NotAllowed."""
    _refuse_others(actor)
    query = select(Block).order_by(Block.number.desc()).limit(limit)
    rows = session.scalars(query if before is None else query.where(Block.number < before)).all()
    spans = (
        select(Event.block_id, func.min(Event.id), func.max(Event.id))
        .where(Event.block_id.in_([row.id for row in rows]))
        .group_by(Event.block_id)
    )
    ends = {row[0]: (row[1], row[2]) for row in session.execute(spans)}
    return [BlockLine(row.number, row.sealed_at, row.events, row.hash, *ends.get(row.id, (None, None))) for row in rows]


def _refuse_others(actor: Actor) -> None:
    if actor.role not in READERS:
        raise NotAllowed("anchors_not_yours")
