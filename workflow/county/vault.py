"""Vault: encrypts personal data, indexes it by a keyed hash, masks it, and rotates the key.

The key comes from the settings and is never stored in the database.  `XIAOHAO_DATA_KEY` may list several keys, newest
first: the newest encrypts, all of them decrypt, and `rotate` encrypts everything again under the newest.  A probe, a known text in
a sealed column, tells a wrong key also while the register is empty.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import (
    Address,
    BulkLine,
    Candidate,
    CandidatePerson,
    Household,
    InstallationMark,
    Member,
    Robot,
    SecondFactor,
    resealing,
    row_changes,
)
from models.engine import kept
from models.installation_mark import PROBE
from models.sealing import KeyMissing, WrongKey, derived, parted, sealer_of
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.history import event_log

_CHUNK = 5000
#: What the vault seals, with the keyed hash by which it is looked up.
COLUMNS: tuple[tuple[Any, str, str | None], ...] = (
    (Household, "phone_sealed", "phone_index"),
    (Member, "id_sealed", "id_index"),
    (Candidate, "phone_sealed", "phone_index"),
    (CandidatePerson, "id_sealed", "id_index"),
    (Address, "value_sealed", "value_index"),
    (Robot, "value_sealed", "value_index"),
    (SecondFactor, "secret_sealed", None),
)


class Vault:
    """Encrypts and decrypts under the installation's keys."""

    def __init__(self, keys: str | Sequence[str]) -> None:
        """`keys`: one key, several separated by commas, or a sequence; the newest first.  Raises ValueError for
        none."""
        named = parted(keys)
        self._seals = MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, "seal"))) for key in named])
        self._indexes = [derived(key, "index") for key in named]

    def seal(self, text: str) -> str:
        """The text, encrypted under the newest key; never the same twice."""
        return self._seals.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The decrypted text.  Raises BadInput `key_missing` when no key fits."""
        try:
            return self._seals.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise BadInput("key_missing") from None

    def seal_bytes(self, content: bytes) -> bytes:
        """Bytes, encrypted under the newest key, without line breaks."""
        return self._seals.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """The bytes that `seal_bytes` encrypted.  Raises BadInput `key_missing`."""
        try:
            return self._seals.decrypt(sealed)
        except InvalidToken:
            raise BadInput("key_missing") from None

    def index(self, text: str) -> str:
        """The keyed hash of a text for look-ups: equal texts have equal hashes, irreversible without the key."""
        return _keyed(self._indexes[0], text)

    def indexes(self, text: str) -> list[str]:
        """The keyed hashes under every key, the newest first: for look-ups while a key is being rotated."""
        return [_keyed(key, text) for key in self._indexes]


def _keyed(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def mask_id(number: str) -> str:
    """An ID number as pages show it.

    The day of birth and most of the rest are hidden: with a known age, six leading and four trailing digits would
    reveal the number.
    """
    if len(number) < 18:
        # A number of another document is shorter, and of its digits each says more.
        return number[:1] + "*" * (len(number) - 3) + number[-2:]
    return number[:4] + "*" * 12 + number[-2:]


def mask_phone(number: str) -> str:
    """A phone number as pages show it: 138****5678."""
    return number[:3] + "*" * max(len(number) - 7, 1) + number[-4:] if len(number) > 7 else "*" * 5 + number[-2:]


def rotate(
    session: Session,
    actor: Actor,
    vault: Vault,
    now: datetime,
    progress: Callable[[int], None] = lambda count: None,
    chunk: int = _CHUNK,
    files: int = 0,
) -> int:
    """Encrypt every ID number, phone, secret and sealed column again under the newest key, in one transaction; returns how
    many.  Sealed columns turn to the newest key of the session's engine, which is made from the same setting.

    `progress` is called with the number done after every `chunk` rows of a table; `files` is how many stored files were sealed
    again before, for the event.  Raises BadInput `key_missing` for a
    value whose key is gone; then nothing changes.
    """
    count = 0
    for table, sealed, index in COLUMNS:
        last = 0
        while rows := session.execute(
            select(table.id, getattr(table, sealed))
            .where(table.id > last, getattr(table, sealed).is_not(None))
            .order_by(table.id)
            .limit(chunk)
        ).all():
            opened = [(row_id, vault.open(text)) for row_id, text in rows]
            session.execute(
                update(table),
                [
                    {"id": i, sealed: vault.seal(text), **({index: vault.index(text)} if index else {})}
                    for i, text in opened
                ],
            )
            if table.__tablename__ in row_changes.RECORDED:
                row_changes.note(session, table.__tablename__, [row_id for row_id, _ in rows])
            count, last = count + len(rows), rows[-1][0]
            progress(count)
    count += _rotate_lines(session, actor, vault, now, chunk)
    try:
        count += resealing.turn(session, lambda done: progress(count + done), chunk)
    except KeyMissing:
        raise BadInput("key_missing") from None
    done = {"values": count} | ({"files": files} if files else {})
    event_log.of(session, event_log.COUNTY, actor, now).append("rotate_key", done, notify=False)
    return count


def begin_probe(session: Session) -> None:
    """Make the probe of a county that has none.  Raises BadInput `key_missing` when the keys do not open what is sealed already."""
    if session.scalar(select(InstallationMark.id)) is not None:
        return
    try:
        resealing.open_samples(session)
    except KeyMissing:
        raise BadInput("key_missing") from None
    vault = Vault(sealer_of(session.connection().dialect).keys)
    for table, sealed, _index in COLUMNS:
        column = getattr(table, sealed)
        sample = session.scalar(select(column).where(column.is_not(None)).order_by(table.id).limit(1))
        if sample is not None:
            vault.open(sample)
    session.add(InstallationMark(probe=PROBE))
    session.flush()


def is_wrong_key(session: Session) -> bool:
    """Whether the engine's keys do not open the probe; a county without one (not installed yet) has no wrong key."""
    try:
        # An altered probe is a finding of `verify`; here only the key is tried.
        session.scalars(select(InstallationMark.probe)).all()
    except KeyMissing:
        return True
    return False


def refuse_wrong_key(session: Session) -> None:
    """Raise WrongKey before anything is sealed under a key that is not the county's; looked at once per engine."""
    known = kept(session, "key probe")
    if not known.get("opens"):
        if is_wrong_key(session):
            raise WrongKey("the probe of the data key")
        known["opens"] = session.scalar(select(InstallationMark.id)) is not None


def record_sealed_files(session: Session, actor: Actor, now: datetime, files: int) -> None:
    """The event that so many stored files were encrypted."""
    event_log.of(session, event_log.COUNTY, actor, now).append("seal_files", {"files": files}, notify=False)


def _rotate_lines(session: Session, actor: Actor, vault: Vault, now: datetime, chunk: int) -> int:
    """The same for what lines of bulk lists say, which nobody looks up; their lists record the new texts by digest."""
    count = last = 0
    while rows := session.execute(
        select(BulkLine.id, BulkLine.list_id, BulkLine.sealed)
        .where(BulkLine.id > last, BulkLine.sealed.is_not(None))
        .order_by(BulkLine.id)
        .limit(chunk)
    ).all():
        sealed = [(row[0], row[1], vault.seal(vault.open(str(row[2])))) for row in rows]
        session.execute(update(BulkLine), [{"id": row_id, "sealed": text} for row_id, _, text in sealed])
        for list_id in sorted({row[1] for row in sealed}):
            lines = [{"id": row_id, "sealed": event_log.digest(text)} for row_id, of, text in sealed if of == list_id]
            chain = event_log.of(session, ("bulk_list", list_id), actor, now)
            chain.append("rotate_lines", {"lines": len(lines)}, {"lines": lines}, notify=False)
        count, last = count + len(rows), rows[-1][0]
    return count
