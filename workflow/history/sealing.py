"""Sealing: chains the new events into a block after the last one.

The hash of the head block is the anchor that reports print: a holder of the paper can prove a later rewrite.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Block, County, Event
from workflow.history.event_log import ALGORITHM, GENESIS, canonical, digest, stamp

MOST = 5000


def block_hash(number: int, sealed_at: datetime, hashes: list[str], prev_hash: str) -> str:
    """The hash of a block over the hashes of its events, in the order of their ids."""
    return digest(
        canonical(
            {
                "alg": ALGORITHM,
                "number": number,
                "sealed_at": stamp(sealed_at),
                "events": hashes,
                "prev": prev_hash,
            }
        )
    )


def seal(session: Session, now: datetime) -> Block | None:
    """Seal up to MOST unsealed events; None when there is nothing to seal.  Call again while it returns a full block.

    The county's row serialises the sealers; events committed later go into a later block.
    """
    session.execute(select(County.id).with_for_update())
    rows = session.execute(
        select(Event.id, Event.hash).where(Event.block_id.is_(None)).order_by(Event.id).limit(MOST)
    ).all()
    if not rows:
        return None
    last = session.scalars(select(Block).order_by(Block.number.desc()).limit(1)).one_or_none()
    number, prev = (last.number + 1, last.hash) if last else (1, GENESIS)
    block = Block(
        number=number,
        sealed_at=now,
        events=len(rows),
        prev_hash=prev,
        hash=block_hash(number, now, [row[1] for row in rows], prev),
    )
    session.add(block)
    session.flush()
    session.execute(
        update(Event)
        .where(Event.id.in_([row[0] for row in rows]), Event.block_id.is_(None))
        .values(block_id=block.id)
        .execution_options(synchronize_session=False)
    )
    return block


def seal_all(session: Session, now: datetime) -> int:
    """Seal everything there is; returns the number of blocks made."""
    made = 0
    while (block := seal(session, now)) is not None:
        made += 1
        if block.events < MOST:
            break
    return made
