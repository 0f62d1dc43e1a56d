"""Verification runs: `verify` in the background, asked for by a person or a command and worked by a worker, proof by proof.

One run is open at a time (UNIQUE on the row).  A worker claims it for some minutes and renews the claim while it works; the run
of a worker that died is claimed by another, which begins with the proof that was interrupted.  What a worker whose claim has
ended still finds is not kept.  Each proof reads one consistent state.  Nothing is sealed.  A run with findings and one that
could not be made notify the inspectorate and the administrator, once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models import Block, Event, User, VerificationRun
from models.sealing import unreadable_allowed
from workflow.actors import Actor, system
from workflow.batches import Transactions
from workflow.constraints import refused_as
from workflow.errors import Conflict, NotAllowed
from workflow.evidence import Place
from workflow.history import event_log
from workflow.verification.checkpoint import lots
from workflow.verification.proofs.findings import Finding
from workflow.verification.registry import LOTS_OF, PROOFS, findings

#: How long a claim lasts without being renewed, and how often it is renewed.
CLAIM, RENEWAL = timedelta(minutes=3), timedelta(seconds=15)
#: So many findings are kept, and so many runs are listed.
KEPT, LISTED = 200, 10
#: So many lots of a checkpoint are written at once.
_TOGETHER = 50
_OPEN: ColumnElement[bool] = VerificationRun.open.is_not(None)


@dataclass(frozen=True, slots=True)
class RunView:
    """A run: `by` who asked for it (None: the command line), `done` of `proofs` and the events `read` so far, and once it has
    ended `found`, the first `findings` (code and subject) and what it covered; `failed_in` names the proof that could not be
    made."""

    id: int
    asked_at: datetime
    by: str | None
    begun: bool
    done: int
    proofs: int
    read: int
    ended_at: datetime | None
    failed_in: str | None
    found: int
    findings: Sequence[tuple[str, str]]
    events: int | None
    block: int | None
    block_hash: str | None
    since: int | None


def require(actor: Actor) -> None:
    """Raises NotAllowed for everybody but the inspectorate and the system (the command line)."""
    if actor.role not in ("inspectorate", "system"):
        raise NotAllowed("trail_not_yours")


def ask(session: Session, actor: Actor, now: datetime, *, whole: bool = False) -> int:
    """Ask for a run, `whole` or from the last checkpoint if there is one; returns its number.

    Raises NotAllowed; Conflict while one is open.
    """
    require(actor)
    row = VerificationRun(asked_at=now, asked_by_id=actor.user_id, so_far={}, whole=whole)
    session.add(row)
    with refused_as(Conflict("verification_at_work"), "uq_verification_run_open"):
        session.flush()
    event_log.of(session, event_log.COUNTY, actor, now).append(
        "ask_verification", {"run": row.id, "whole": whole}, notify=False
    )
    return row.id


def latest(session: Session, actor: Actor, limit: int = LISTED) -> list[RunView]:
    """The last runs, the latest first.  Raises NotAllowed."""
    require(actor)
    query = select(VerificationRun, User.display_name).outerjoin(User, User.id == VerificationRun.asked_by_id)
    return [_view(row, by) for row, by in session.execute(query.order_by(VerificationRun.id.desc()).limit(limit))]


def _view(row: VerificationRun, by: str | None) -> RunView:
    return RunView(
        id=row.id,
        asked_at=row.asked_at,
        by=by,
        begun=bool(row.so_far),
        done=len(PROOFS) if row.found is not None else len(row.so_far.get("done", ())),
        proofs=len(PROOFS),
        read=row.so_far.get("read", 0),
        ended_at=row.ended_at,
        failed_in=row.failed_in,
        found=row.found or 0,
        findings=[(code, subject) for code, subject in row.findings],
        events=row.events if row.open is None else row.so_far.get("events"),
        block=row.block,
        block_hash=row.block_hash,
        since=row.since if row.open is None else row.so_far.get("since"),
    )


def waits(session: Session, now: datetime) -> bool:
    """Whether a run is open that no worker has claimed."""
    return session.scalar(select(VerificationRun.id).where(*_claimable(now))) is not None


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    unclaimed = or_(VerificationRun.claim.is_(None), VerificationRun.claimed_until < now)
    return _OPEN, unclaimed


def claim(session: Session, now: datetime, token: str) -> int | None:
    """Claim the open run for a worker; None where there is none, or another works on it.  Returns its number."""
    query = select(VerificationRun).where(*_claimable(now)).with_for_update(skip_locked=True)
    row = session.scalars(query).one_or_none()
    if row is None:
        return None
    row.claim, row.claimed_until = token, now + CLAIM
    if not row.so_far:
        head = session.execute(select(Block.number, Block.hash).order_by(Block.number.desc()).limit(1)).one_or_none()
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        known = None if row.whole else lots.latest(session, now)
        row.so_far = {
            "done": [],
            "found": 0,
            "findings": [],
            "events": events,
            "block": list(head) if head else None,
            "since": known.run if known else None,
        }
    return row.id


def renew(session: Session, now: datetime, run: int, token: str, read: int = 0) -> bool:
    """Renew a claim and keep how many events were read; whether it still stood."""
    row = _mine(session, run, token, lock=True)
    if row is None:
        return False
    row.claimed_until = now + CLAIM
    row.so_far = row.so_far | {"read": read}
    return True


def work(
    reading: Transactions, writing: Transactions, files: Place, clock: Callable[[], datetime], run: int, token: str
) -> bool:
    """Make the proofs of a claimed run that are left, each in a transaction of its own; whether the run ended here.

    Returns False once the claim has ended.  A proof that raises ends the run and is named by it, and the error passes through.
    """
    while True:
        with reading() as session:
            row = _mine(session, run, token)
            left = [name for name in PROOFS if row is not None and name not in row.so_far["done"]]
            told = dict(row.so_far) if row is not None else {}
        if row is None:
            return False
        if left:
            try:
                with reading() as session:
                    known = lots.latest(session, clock()) if told["since"] else None
                    found = _counted(findings(left[0], session, files, known), KEPT - len(told["findings"]))
                    if not told["since"] and not told["found"] and not found[0]:
                        _keep_lots(session, writing, run, left[0])
            except Exception:
                with writing() as session:
                    _fail(session, clock(), run, token, left[0])
                raise
        with writing() as session:
            row = _mine(session, run, token, lock=True)
            if row is None:
                return False
            if left:
                _add(row, left[0], *found)
            if len(left) <= 1:
                _end(session, clock(), row)
                return True


def _mine(session: Session, run: int, token: str, *, lock: bool = False) -> VerificationRun | None:
    query = select(VerificationRun).where(VerificationRun.id == run, _OPEN, VerificationRun.claim == token)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def _keep_lots(session: Session, writing: Transactions, run: int, proof: str) -> None:
    """Keep what a proof of the whole history found to hold, for the checkpoint of the run."""
    if proof not in LOTS_OF:
        return
    kinds = LOTS_OF[proof]
    with writing() as kept:
        lots.drop(kept, run, kinds)
    made = (lot for kind in kinds for lot in lots.made_of(session, kind))
    with unreadable_allowed():
        while some := list(islice(made, _TOGETHER)):
            with writing() as kept:
                lots.keep(kept, run, some)


def _counted(found: Iterator[Finding], most: int) -> tuple[int, list[list[str]]]:
    """How many findings there are, and the first of them."""
    first = [[each.code, each.subject] for each in islice(found, most)]
    return len(first) + sum(1 for _ in found), first


def _add(row: VerificationRun, proof: str, found: int, first: list[list[str]]) -> None:
    before: dict[str, Any] = row.so_far
    row.so_far = before | {
        "done": [*before["done"], proof],
        "found": before["found"] + found,
        "findings": [*before["findings"], *first],
    }


def _end(session: Session, now: datetime, row: VerificationRun) -> None:
    told = row.so_far
    row.found, row.findings, row.events = told["found"], told["findings"], told["events"]
    row.block, row.block_hash = told["block"] or (0, None)
    row.since = told["since"]
    _close(row, now)
    given = {"run": row.id, "findings": row.found, "events": row.events, "block": row.block, "since": row.since}
    effect: dict[str, Any] = {"hash": row.block_hash}
    if row.since is None:
        clean = not row.found and row.block_hash is not None
        lots.drop_all(session, but=row.id if clean else None)
        effect |= {"lots": lots.digests(session, row.id)} if clean else {}
    event_log.of(session, event_log.COUNTY, system(), now).append("verified", given, effect, notify=row.found > 0)


def _fail(session: Session, now: datetime, run: int, token: str, proof: str) -> None:
    row = _mine(session, run, token, lock=True)
    if row is not None:
        row.failed_in = proof
        _close(row, now)
        event_log.of(session, event_log.COUNTY, system(), now).append(
            "verification_failed", {"run": row.id, "proof": proof}
        )


def _close(row: VerificationRun, now: datetime) -> None:
    row.open = row.claim = row.claimed_until = None
    row.ended_at, row.so_far = now, {}
