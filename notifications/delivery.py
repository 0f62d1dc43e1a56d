"""Delivery: sends claimed deliveries outside any transaction, marks each, and retries with backoff.

A crash between sending and marking leaves a row `sending`; after the lease it becomes `unknown`.  Ordinary mail is then
sent again under the same id; a punitive paper waits for a person's decision, also when it was sent and no answer came.
"""

import logging
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Address, Delivery, row_changes
from notifications.channels import Channel, Refused
from notifications.claiming import TRIES, claim, plain, put_members, update_rows
from notifications.letters import Letter

Write = Callable[[Callable[[Session], Any]], Any]
#: Time between tries: 1, 2, 4 … minutes, at most four hours; twelve hours in all.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
#: The seconds in which a claim is sent, well within the lease.
BUDGET = 90.0
log = logging.getLogger("xiaohao.notifications")


@dataclass(slots=True)
class Delivered:
    """The result of a run."""

    sent: int = 0
    again: int = 0
    dead: int = 0
    doubted: int = 0


def deliver(
    write: Write,
    channel: Channel,
    clock: Callable[[], datetime],
    me: str,
    unseal: Callable[[str], str],
    most: int = 10_000,
) -> Delivered:
    """Send the deliveries of one channel until nothing is due or `most` are claimed.

    `write` does work in one transaction (repeated after a temporary database error); `me` names this worker.
    """
    done, claimed = Delivered(), 0
    try:
        while claimed < most:
            # Bundled once per run, so that waiting rows are not counted each time.
            first = claimed == 0
            letters = write(partial(claim, channel=channel.name, now=clock(), me=me, unseal=unseal, gather=first))
            if not letters:
                return done
            claimed += len(letters)
            _send_all(write, channel, letters, clock, me, done)
    finally:
        channel.close()
    return done


def _send_all(
    write: Write, channel: Channel, letters: Sequence[Letter], clock: Callable[[], datetime], me: str, done: Delivered
) -> None:
    began = time.monotonic()
    for number, letter in enumerate(letters):
        if time.monotonic() - began > BUDGET:
            left = [entry.id for entry in letters[number:]]
            write(partial(give_back, ids=left, now=clock(), me=me))
            return
        refused: Refused | None = None
        try:
            channel.send(letter)
        except Refused as error:
            refused = error
        except OSError:
            refused = Refused("connection")
        except Exception:
            # A letter that cannot be composed is not retried.
            log.exception("delivery %s cannot be composed", letter.id)
            refused = Refused("not_composed", permanent=True)
        became = write(partial(mark, delivery_id=letter.id, now=clock(), me=me, refused=refused))
        done.sent += became == "sent"
        done.again += became == "pending"
        done.dead += became == "dead"
        done.doubted += became == "unknown"


def mark(session: Session, delivery_id: int, now: datetime, me: str, refused: Refused | None) -> str | None:
    """Record the result of a delivery claimed by `me`; returns the status, or None when the claim was lost."""
    row = session.scalars(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == "sending", Delivery.claim == me)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = {"claim": None, "next_at": None, "error": refused.code if refused else None}
    if refused is None:
        values |= {"status": "sent", "sent_at": now}
        if row.kind == "verify":
            # The code in this row is no longer needed.
            values["params"] = {}
            row_changes.note(session, "delivery", [row.id])
            row_changes.happened(session, now)
    elif refused.doubtful and row.weighty:
        # A paper that may have arrived waits for a person's decision, as after a crash.
        values["status"] = "unknown"
    elif refused.permanent or row.tries >= TRIES:
        values["status"] = "dead"
    else:
        values |= {"status": "pending", "next_at": now + (refused.wait or backoff(row.id, row.tries))}
    _fault(session, row, now, refused, str(values["status"]))
    update_rows(session, [row.id], values)
    put_members(session, [row.id], {name: values[name] for name in ("status", "error", "sent_at") if name in values})
    return str(values["status"])


def _fault(session: Session, row: Delivery, now: datetime, refused: Refused | None, status: str) -> None:
    """Update the fault of the address: refused, unreachable, or cleared."""
    if row.address_id is None:
        return
    tired = refused is not None and not refused.permanent and status == "dead"
    fault = "refused" if refused and refused.target else "unreachable" if tired else None
    if fault is not None:
        values: dict[str, Any] = {"fault": fault, "fault_at": now}
        session.execute(plain(update(Address).where(Address.id == row.address_id).values(values)))
    elif refused is None:
        cleared = update(Address).where(Address.id == row.address_id, Address.fault == "unreachable")
        session.execute(plain(cleared.values(fault=None, fault_at=None)))


def backoff(delivery_id: int, tries: int) -> timedelta:
    """The waiting time after a number of tries: doubled each time, ± a fifth, so that retries spread.

    >>> backoff(1, 3) > backoff(1, 1)
    True
    """
    plainly: timedelta = min(FIRST_WAIT * int(2 ** min(tries - 1, 20)), LONGEST_WAIT)
    share = zlib.crc32(f"{delivery_id}:{tries}".encode()) % 1000 / 1000
    return plainly * (0.8 + 0.4 * share)


def give_back(session: Session, ids: Sequence[int], now: datetime, me: str) -> None:
    """Release claimed deliveries that were not tried."""
    session.execute(
        plain(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.status == "sending", Delivery.claim == me)
            .values(status="pending", next_at=now, claim=None, tries=Delivery.tries - 1)
        )
    )
