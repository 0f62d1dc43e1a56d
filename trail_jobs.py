"""Trail jobs: what the worker does for the history: sealing, verifying it, sums of refused access, and copies of the trail
elsewhere.
"""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from secrets import token_hex
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from installation import Clock
from models.engine import in_transaction, reading, writing
from notifications.cef import Copied, cef
from notifications.syslog import LogServer, target_of
from settings import VERSION
from workflow.accountability import sweep_watch
from workflow.county.access import guessing, refused_access
from workflow.county.sign_ins import factors, passkeys
from workflow.evidence import Place
from workflow.history import block_heads, sealing, trail_copy
from workflow.verification import runs
from workflow.verification.proofs.findings import PROGRESS, Progress

log = logging.getLogger("xiaohao.worker")


def send_head(engine: Engine, clock: Clock, days: int, syslog: bool) -> int | None:
    """Let the head of the history leave, if its day has come; returns the number of its block."""
    return in_transaction(engine, lambda session: block_heads.send_due(session, clock(), days, syslog=syslog))


def seal(engine: Engine, clock: Clock) -> int:
    """Seal the new events, each block in a transaction of its own; returns the number of blocks."""
    made = 0
    while (events := in_transaction(engine, partial(_seal_block, clock))) is not None:
        made += 1
        if events < sealing.MOST:
            break
    return made


def _seal_block(clock: Clock, session: Session) -> int | None:
    block = sealing.seal(session, clock())
    return block.events if block is not None else None


def verify_asked(engine: Engine, files: Place, clock: Clock) -> bool:
    """Work on the run of `verify` that was asked for, or that a worker left behind; whether it ended here."""
    with reading(engine) as session:
        if not runs.waits(session, clock()):
            return False
    token = token_hex(8)
    run = in_transaction(engine, lambda session: runs.claim(session, clock(), token))
    if run is None:
        return False
    PROGRESS.set(progress := Progress())
    with _renewed(engine, clock, run, token, progress):
        return runs.work(partial(reading, engine), partial(writing, engine), files, clock, run, token)


@contextmanager
def _renewed(engine: Engine, clock: Clock, run: int, token: str, progress: Progress) -> Iterator[None]:
    """Renew a claim in a thread of its own, since one proof of a large county takes longer than a claim lasts, and keep how far
    it has come."""
    ended = Event()

    def renewed(session: Session) -> bool:
        return runs.renew(session, clock(), run, token, progress.events)

    def renew() -> None:
        while not ended.wait(runs.RENEWAL.total_seconds()):
            try:
                if not in_transaction(engine, renewed):
                    return
            except DBAPIError:
                log.exception("the claim on run %d of verify could not be renewed", run)

    thread = Thread(target=renew, name=f"claim on run {run}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def settle_access(engine: Engine, clock: Clock) -> int:
    """Sum up what was refused in the hours that are over, and forget tries that count no longer."""
    in_transaction(engine, lambda session: guessing.forget(session, clock()))
    in_transaction(engine, lambda session: factors.forget_uses(session, clock()))
    in_transaction(engine, lambda session: passkeys.forget_challenges(session, clock()))
    return in_transaction(engine, lambda session: refused_access.settle(session, clock()))


def copy_trail(engine: Engine, clock: Clock, url: str) -> int:
    """Send the sealed events of the trail to a log server, block by block; returns how many.

    It begins with the block after the last one there is; a block that was not sent whole is sent again.
    """
    sent = 0
    with reading(engine) as session:
        newest, done = trail_copy.head(session), sweep_watch.last_result(session, "trail_copy").get("block")
    if done is None:
        _copied(engine, clock, newest)
        return 0
    if done >= newest:
        return 0
    try:
        with closing(LogServer(*target_of(url))) as server:
            for number in range(done + 1, newest + 1):
                with reading(engine) as session:
                    lines = [cef(Copied(**each), VERSION) for each in trail_copy.events_of(session, number)]
                for line in lines:
                    server.say(line)
                _copied(engine, clock, number)
                sent += len(lines)
    except OSError as error:
        log.warning("the log server at %s: %s", url, error)
    return sent


def _copied(engine: Engine, clock: Clock, number: int) -> None:
    in_transaction(engine, lambda s: sweep_watch.save_report(s, "trail_copy", clock(), {"block": number}))
