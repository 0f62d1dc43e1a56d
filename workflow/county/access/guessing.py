"""Guessing: how often a password or code may be tried, counted in the database before it is compared.

A try is taken by one statement that counts and refuses in one, so that forty at once get no more than forty in a row; a try
that was right is given back.  Bounds hold for a name from one address, for a name, for an address, and for the county as a
whole.  A browser from which an account has signed in before has bounds of its own for it, so that nobody is held up by the
guesses of others.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Guess
from workflow.errors import TooMany

#: Tries of one name from one address within the span.
TRIES = 8
#: Tries of one name from any addresses.
TRIES_OF_NAME = 24
#: Tries of any names from one address: many, since a whole office, or a county behind its proxy, shares one.
TRIES_OF_ADDRESS = 200
#: Tries of the whole county from browsers that are not known.
TRIES_OF_ALL = 2000
SPAN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """What is counted, as a digest, and how many tries of it a span allows."""

    subject: str
    most: int


def of_sign_in(name: str, address: str) -> list[Bound]:
    """The bounds of a sign-in under this name from an unknown browser at this address."""
    return [
        _bound(TRIES, "pair", name, address),
        _bound(TRIES_OF_NAME, "name", name),
        *of_address(address),
    ]


def of_address(address: str) -> list[Bound]:
    """The bounds of a try that names no account, as of a code on paper."""
    return [_bound(TRIES_OF_ADDRESS, "address", address), _bound(TRIES_OF_ALL, "all")]


def of_browser(browser: str, user_id: int) -> list[Bound]:
    """The bounds of a browser from which this account has signed in before."""
    return [_bound(TRIES, "browser", browser, str(user_id))]


def of_account(user_id: int) -> list[Bound]:
    """The bounds of the password asked of a signed-in person again."""
    return [_bound(TRIES, "account", str(user_id))]


def of_factor(user_id: int) -> list[Bound]:
    """The bounds of the codes of a second factor, asked of a person whose password was right."""
    return [_bound(TRIES, "factor", str(user_id))]


def _bound(most: int, *parts: str) -> Bound:
    return Bound(hashlib.sha256("\x1f".join(parts).encode(errors="replace")).hexdigest(), most)


def take(session: Session, now: datetime, bounds: Iterable[Bound]) -> None:
    """Count a try under every bound.  Raises TooMany where one has no try left; the transaction that it ends counts none."""
    # In one order, so that two tries never wait for each other.
    asked = sorted(bounds)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    over = Guess.since <= now - SPAN
    rows = [{"subject": bound.subject, "since": now, "tries": 1, "most": bound.most} for bound in asked]
    counting = dialect.insert(Guess).values(rows)
    counting = counting.on_conflict_do_update(
        index_elements=[Guess.subject],
        set_={
            "tries": case((over, 1), else_=Guess.tries + 1),
            "since": case((over, counting.excluded.since), else_=Guess.since),
            "most": counting.excluded.most,
        },
        where=over | (Guess.tries < counting.excluded.most),
    )
    taken = set(session.scalars(counting.returning(Guess.subject)))
    full = [bound.subject for bound in asked if bound.subject not in taken]
    if full:
        began = session.scalar(select(func.max(Guess.since)).where(Guess.subject.in_(full))) or now
        seconds = max(1, ceil((began + SPAN - now).total_seconds()))
        raise TooMany("too_many_tries", seconds=seconds, minutes=ceil(seconds / 60))


def give_back(session: Session, bounds: Iterable[Bound]) -> None:
    """Uncount a try that was right."""
    subjects = [bound.subject for bound in sorted(bounds)]
    session.execute(select(Guess.subject).where(Guess.subject.in_(subjects)).order_by(Guess.subject).with_for_update())
    session.execute(delete(Guess).where(Guess.subject.in_(subjects), Guess.tries <= 1))
    session.execute(update(Guess).where(Guess.subject.in_(subjects)).values(tries=Guess.tries - 1))


def forget(session: Session, now: datetime) -> None:
    """Delete what is counted no longer."""
    session.execute(delete(Guess).where(Guess.since <= now - SPAN))
