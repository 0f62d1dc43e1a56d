"""Derived proofs: what is computed from other rows is what they give: the next steps of the ladder, the index of
the photos' looks, that of members' names, and the folded names."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import Custody, Evidence, LookBand, SchemeVersion, Tenure, Unit, User, Village
from models.look_alikes import folded_name
from workflow.county.context import county_context
from workflow.history import row_record
from workflow.pictures.perceptual_hash import filed_under
from workflow.register.names import member_names
from workflow.tickets.custody.rederivation import RUNNING
from workflow.tickets.custody.timers import next_timer
from workflow.verification.proofs.findings import Finding

_CHUNK = 2000
_AT_REST = (
    select(Tenure.id)
    .where(Tenure.next_at.is_not(None) | Tenure.next_what.is_not(None))
    .where(~exists().where(Custody.tenure_id == Tenure.id, Custody.ended_at.is_(None)))
    .order_by(Tenure.id)
)
_PHOTOS = select(Evidence.id, Evidence.look, Evidence.sha256).order_by(Evidence.id)
#: A photo is filed under the look of the whole and of its middle.
_LOOKS = 2


def timers(session: Session) -> Iterator[Finding]:
    """Check that every open custody waits for its next automatic step, and that none else does: a wiped timer would let a
    unit sit on a ticket for ever."""
    if not row_record.has_begun(session):
        # Timers of an earlier version, which `init` computes again.
        return
    known = set(session.scalars(select(SchemeVersion.id)))
    settings = {version: county_context(session, version) for version in known}
    for tenure, custody, version in session.execute(RUNNING):
        # A version that is not there is another proof's finding.
        expected = next_timer(settings[version], tenure, custody) if version in known else None
        if expected is not None and expected != (tenure.next_at, tenure.next_what):
            yield Finding("timer_differs", f"tenure {tenure.id}")
    yield from (Finding("timer_differs", f"tenure {number}") for number in session.scalars(_AT_REST))


def looks(session: Session) -> Iterator[Finding]:
    """Check that every photo is filed whole under its own look, so that it is found when it is used again."""
    filed: dict[int, dict[str, list[int]]] = {}
    for row in session.execute(select(LookBand.evidence_id, LookBand.look, LookBand.key).order_by(LookBand.key)):
        filed.setdefault(row[0], {}).setdefault(row[1], []).append(row[2])
    # One act on a bundle of tickets has the same photo on each of them, filed once.
    found: set[tuple[str | None, str]] = set()
    for evidence, look, sha256 in session.execute(_PHOTOS):
        under = filed.pop(evidence, {})
        whole = all(sorted(filed_under(one)) == keys for one, keys in under.items())
        if not whole or len(under) > _LOOKS or (look not in under if under else look and (look, sha256) not in found):
            yield Finding("look_differs", f"evidence {evidence}")
        found.add((look, sha256))
    yield from (Finding("look_differs", f"evidence {evidence}") for evidence in sorted(filed))


def name_parts(session: Session) -> Iterator[Finding]:
    """Check that every household is found by the names of its living members, and by no other."""
    if not row_record.has_begun(session):
        # An index of an earlier version, which `init` fills.
        return
    for each in member_names.differences(session):
        for household_id in sorted({household_id for household_id, _ in each.missing | each.surplus}):
            yield Finding("name_parts_differ", f"household {household_id}")


def name_keys(session: Session) -> Iterator[Finding]:
    """Check that names are kept apart by their folded forms: a forged one would let two look alike."""
    for table in (User, Unit, Village):
        rows = session.execute(select(table.id, table.name, table.name_key).order_by(table.id)).all()
        keys = {number: folded_name(name) for number, name, _key in rows}
        often = Counter(keys.values())
        for number, _name, key in rows:
            # From before names were kept apart.
            earlier = key == f"{keys[number]} #{number}" and often[keys[number]] > 1
            if key != keys[number] and not earlier:
                yield Finding("name_key_differs", f"{table.__tablename__} {number}")
