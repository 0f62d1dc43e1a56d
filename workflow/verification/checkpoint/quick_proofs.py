"""Quick proofs: `verify` from a checkpoint, in which the history before it is not read again where nothing moved since.

A ticket or household without an event since, whose rows hold what they held, is proved; every other one is folded from its first
event.  All other chains that have an event since are recomputed whole, and so are the accounts'.  The blocks are recomputed
whole by their own proof: what is not read here is an event's content before the checkpoint.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from operator import itemgetter

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models import Event
from models.verification_run import SUBJECTS
from workflow.verification.checkpoint import proved_rows
from workflow.verification.checkpoint.lots import SIZE, Checkpoint, believed
from workflow.verification.proofs import event_proofs
from workflow.verification.proofs.findings import Finding

_NEW = or_(Event.block_id.is_(None), Event.block_id > bindparam("block"))
_NEW_SUBJECTS = (
    select(Event.subject_type, Event.subject_id)
    .where(or_(_NEW, Event.subject_type == "user"))
    .distinct()
    .order_by(Event.subject_type, Event.subject_id)
    .execution_options(yield_per=SIZE)
)
_MOVED = (
    select(Event.subject_id)
    .where(Event.subject_type == bindparam("kind"), Event.subject_id.in_(bindparam("subjects", expanding=True)), _NEW)
    .distinct()
)


def chains_since(session: Session, checkpoint: Checkpoint) -> Iterator[Finding]:
    """What `event_proofs.chains` finds, as far as it is not proved by the checkpoint."""
    new = session.execute(_NEW_SUBJECTS, {"block": checkpoint.block})
    for kind, rows in groupby(new, key=itemgetter(0)):
        for lot in _parted(subject for _, subject in rows):
            yield from event_proofs.of_subjects(session, kind, lot)
    for kind, named in SUBJECTS.items():
        for lot in _parted(_doubted(session, kind, checkpoint)):
            moved = set(session.scalars(_MOVED, {"kind": named, "subjects": lot, "block": checkpoint.block}))
            yield from event_proofs.of_subjects(session, named, [one for one in lot if one not in moved])
    yield from event_proofs.untold_homes(session)


def _parted(subjects: Iterable[int]) -> Iterator[list[int]]:
    left = iter(subjects)
    while lot := list(islice(left, SIZE)):
        yield lot


def _doubted(session: Session, kind: str, checkpoint: Checkpoint) -> Iterator[int]:
    """The rows that are not known to hold what they held at the checkpoint, and those that are gone since."""
    lots = believed(session, checkpoint, kind)
    lot = next(lots, None)
    for numbers in proved_rows.lots(session, kind, SIZE):
        for number, text in proved_rows.contents(session, kind, numbers):
            while lot is not None and lot.last < number:
                yield from lot.leaves
                lot = next(lots, None)
            if lot is None or not lot.holds(number, text):
                yield number
            if lot is not None:
                # What is left of a lot in the end is gone.
                lot.leaves.pop(number, None)
    for rest in chain([lot] if lot is not None else [], lots):
        yield from rest.leaves
