"""Addresses: a person's own e-mail address and mobile number, used once verified by a code."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Address, Delivery, User, row_changes
from notifications.claiming import plain
from notifications.delivery_planning import LANGUAGE

#: Validity of a code, the guesses allowed, and the codes sent to one person in an hour.
CODE_LASTS, GUESSES, CODES_AN_HOUR = timedelta(minutes=30), 5, 5
_SHAPES = {
    "email": re.compile(
        r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
    ),
    "sms": re.compile(r"1[3-9]\d{9}"),
}


class Unusable(Exception):
    """An address or code that cannot be used; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Seals(Protocol):
    """The interface of the vault for addresses."""

    def seal(self, text: str) -> str: ...
    def open(self, sealed: str) -> str: ...
    def index(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Known:
    """An address as its owner sees it."""

    channel: str
    value: str
    verified: bool
    waits: bool
    fault: str | None
    fault_at: datetime | None


#: Appends the event of an action on an address: action and the address's id.  The history belongs to the workflow.
Record = Callable[[str, int], object]


def enter(session: Session, user: User, channel: str, value: str, now: datetime, vault: Seals, record: Record) -> None:
    """Store an address and send it a code; the present one stays in use until the new one is verified.

    Raises Unusable `bad_email`, `bad_mobile` or `too_many_codes`.
    """
    value = value.strip().lower()
    # Match the whole text: a remainder could become a header of its own.
    if len(value) > 200 or not _SHAPES[channel].fullmatch(value):
        raise Unusable("bad_email" if channel == "email" else "bad_mobile")
    _stand_in_line(session, user.id)
    asked = select(func.count()).where(Address.user_id == user.id, Address.created_at > now - timedelta(hours=1))
    if (session.scalar(asked) or 0) >= CODES_AN_HOUR:
        raise Unusable("too_many_codes")
    _end(session, user.id, channel, now, Address.verified_at.is_(None))
    code = f"{secrets.randbelow(10**6):06d}"
    row = Address(
        user_id=user.id,
        channel=channel,
        value_sealed=vault.seal(value),
        value_index=vault.index(value),
        code_hash=_hashed(code),
        code_until=now + CODE_LASTS,
        guesses=0,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record("address_entered", row.id)
    session.add(
        Delivery(
            channel=channel,
            key=f"v{row.id}",
            address_id=row.id,
            kind="verify",
            params={"code": code},
            language=user.language or LANGUAGE,
            weighty=False,
            created_at=now,
            status="pending",
            next_at=now,
            tries=0,
        )
    )
    session.flush()


def confirm(session: Session, user_id: int, channel: str, code: str, now: datetime, record: Record) -> None:
    """Use the address if this is its code.  Raises Unusable `no_code`, `code_expired` or `wrong_code`.

    A wrong guess is counted: commit also after `wrong_code`.
    """
    _stand_in_line(session, user_id)
    row = session.scalars(
        select(Address)
        .where(
            Address.user_id == user_id,
            Address.channel == channel,
            Address.ended_at.is_(None),
            Address.verified_at.is_(None),
        )
        .order_by(Address.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if row is None or row.code_hash is None or row.code_until is None:
        raise Unusable("no_code")
    if now > row.code_until or row.guesses >= GUESSES:
        raise Unusable("code_expired")
    if not hmac.compare_digest(row.code_hash, _hashed(code.strip())):
        row.guesses += 1
        session.flush()
        raise Unusable("wrong_code")
    _end(session, user_id, channel, now, Address.verified_at.is_not(None))
    row.verified_at, row.code_hash, row.code_until = now, None, None
    session.flush()
    record("address_used", row.id)


def drop(session: Session, user_id: int, channel: str, now: datetime, record: Record) -> None:
    """Remove the address of this channel; the in-app inbox remains."""
    _stand_in_line(session, user_id)
    for address_id in _end(session, user_id, channel, now):
        record("address_dropped", address_id)


def _stand_in_line(session: Session, user_id: int) -> None:
    """Serialise changes of one person's addresses, so that counts and history are consistent."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())


def _end(session: Session, user_id: int, channel: str, now: datetime, *more: Any) -> list[int]:
    current = (Address.user_id == user_id, Address.channel == channel, Address.ended_at.is_(None), *more)
    ended = plain(update(Address).where(*current).values(ended_at=now).returning(Address.id))
    ids = sorted(session.scalars(ended))
    row_changes.note(session, "address", ids)
    return ids


def _hashed(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def known(session: Session, user_id: int, vault: Seals, now: datetime) -> dict[str, list[Known]]:
    """The person's own addresses by channel: the one in use, and the one awaiting its code."""
    by_channel: dict[str, list[Known]] = {"email": [], "sms": []}
    rows = select(Address).where(Address.user_id == user_id, Address.ended_at.is_(None)).order_by(Address.id)
    for row in session.scalars(rows):
        waits = row.verified_at is None and row.code_until is not None and now <= row.code_until
        by_channel[row.channel].append(
            Known(
                row.channel, vault.open(row.value_sealed), row.verified_at is not None, waits, row.fault, row.fault_at
            )
        )
    return by_channel


def faults(session: Session, people: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """The faulty addresses of these people: (channel, fault) by person."""
    faulty: dict[int, list[tuple[str, str]]] = {}
    rows = select(Address.user_id, Address.channel, Address.fault).where(
        Address.user_id.in_(list(people)), Address.fault.is_not(None), Address.ended_at.is_(None)
    )
    for user_id, channel, fault in session.execute(rows):
        faulty.setdefault(user_id, []).append((channel, str(fault)))
    return faulty


def unreachable(session: Session, most: int = 200) -> list[tuple[Address, User]]:
    """All people with a faulty address."""
    query = (
        select(Address, User)
        .join(User, User.id == Address.user_id)
        .where(Address.fault.is_not(None), Address.ended_at.is_(None))
        .order_by(Address.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def bounced(session: Session, value: str, now: datetime, vault: Seals) -> int:
    """Mark an address whose mail bounced, so that nothing more is sent to it.  Returns how many people had it."""
    hit = session.scalars(
        plain(
            update(Address)
            .where(Address.value_index == vault.index(value.strip().lower()), Address.ended_at.is_(None))
            .values(fault="bounced", fault_at=now)
            .returning(Address.id)
        )
    )
    return len(hit.all())
