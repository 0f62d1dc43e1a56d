"""Block proofs: every block is recomputed from its events, and whatever names a block names one that is there.

A history whose last blocks were cut off is whole in itself; rankings, draws and dossiers that name a later block give it away.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Block, CaseDossier, Event, Message, RandomDraw, Ranking, SpotDraw, VerificationRun
from workflow.history import block_heads
from workflow.history.event_log import COUNTY, GENESIS
from workflow.history.sealing import is_whole
from workflow.verification.proofs.findings import Finding

#: Two rows of a table at a time: the content of a ranking is large.
_FEW = 2


def blocks(session: Session) -> Iterator[Finding]:
    """Check that the blocks are chained without a gap, each with its events, and that they count them all."""
    number, prev, total, counts = 0, GENESIS, 0, False
    for block in session.scalars(select(Block).order_by(Block.number)):
        total += block.events
        if block.number != number + 1 or block.prev_hash != prev:
            yield Finding("block_chain_broken", f"block {block.number}")
        counts = counts or block.total is not None
        if not is_whole(session, block) or (counts and block.total != total):
            yield Finding("block_altered", f"block {block.number}")
        number, prev = block.number, block.hash


def named_blocks(session: Session) -> Iterator[Finding]:
    """Check that the blocks named by rankings, draws, dossiers and runs are there, with the hash by which they are named."""
    known: dict[Any, str] = {row[0]: row[1] for row in session.execute(select(Block.number, Block.hash))}
    for subject, number, digest in _named(session):
        if known.get(number, GENESIS if number == 0 else None) != digest:
            yield Finding("block_missing", f"block {number}, named by {subject}")


def _sent(session: Session) -> Iterator[tuple[str, object, object]]:
    """The heads that left, as their events and the inboxes name them."""
    events = select(Event.id, Event.given, Event.effect).where(
        Event.subject_type == COUNTY[0], Event.action == block_heads.ACTION
    )
    for key, given, effect in session.execute(events.order_by(Event.id)):
        yield f"event {key}", given.get("block"), effect.get("hash")
    messages = select(Message.id, Message.params).where(Message.kind == block_heads.ACTION).order_by(Message.id)
    for key, params in session.execute(messages):
        yield f"message {key}", params.get("block"), params.get("hash")


def _named(session: Session) -> Iterator[tuple[str, object, object]]:
    """Every block that something names: by what, its number and its hash."""
    yield from _sent(session)
    rankings = select(Ranking.id, Ranking.content).order_by(Ranking.id).execution_options(yield_per=_FEW)
    for key, content in session.execute(rankings):
        number, digest = content.get("block", (0, GENESIS))
        yield f"ranking {key}", number, digest
    for table, called in ((SpotDraw, "spot draw"), (RandomDraw, "random draw")):
        for key, number, digest in session.execute(select(table.id, table.block_number, table.block_hash)):
            yield f"{called} {key}", number, digest
    runs = select(VerificationRun.id, VerificationRun.block, VerificationRun.block_hash)
    for key, number, digest in session.execute(runs.where(VerificationRun.block > 0).order_by(VerificationRun.id)):
        yield f"verification run {key}", number, digest
    dossiers = select(CaseDossier.id, CaseDossier.content).order_by(CaseDossier.id).execution_options(yield_per=_FEW)
    for key, content in session.execute(dossiers):
        block = content.get("block")
        if block:
            yield f"dossier {key}", block.get("number"), block.get("hash")
