"""The county as requests and commands use it: a session for reading or for one transaction, its keys, its time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TypeVar

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from installation import Installation
from migrations.state import Strange, strange
from models.engine import ask_guard, guarded, in_transaction
from models.engine import reading as reading_on
from models.engine import writing as writing_on
from models.look_alikes import NAMES_APART
from workflow.constraints import refused_as
from workflow.county.vault import Vault
from workflow.errors import Conflict, Duplicate
from workflow.history import sealing
from workflow.tickets.custody.clock_guard import ClockGuard

T = TypeVar("T")


def county_of(app: Flask) -> Installation:
    """The county that the app serves."""
    installation: Installation = app.extensions["xiaohao"]
    return installation


def county() -> Installation:
    """The county of this request or command."""
    return county_of(current_app)


def engine_of(app: Flask) -> Engine:
    """The engine of the county that the app serves."""
    return county_of(app).engine


def engine() -> Engine:
    """The county's engine as this request or command writes with it: under the guard of the clock."""
    chosen: Engine = g.get("engine") or county().engine
    return chosen


def bring_clock(at: datetime) -> None:
    """Let this command write at a moment of its own; the guard compares that one with the county's records."""
    g.engine = guarded(county().engine, ClockGuard(lambda: at, "", None, has_server=False))


def confirm_clock() -> None:
    """Let this request or command write although the county's records contradict the clock, which a person has confirmed; not
    where the database server's clock does."""
    g.engine = guarded(county().engine, county().clock_guard.of_server)


def refuse_doubtful_clock() -> None:
    """Raise ClockInDoubt before work that deletes files by their age."""
    ask_guard(engine())


def read_session() -> AbstractContextManager[Session]:
    """A session that reads one consistent state."""
    return reading_on(engine())


@contextmanager
def write_session() -> Iterator[Session]:
    """One transaction.  Raises Duplicate for a name that looks like another's."""
    g.wrote = True
    with _names_apart(), writing_on(engine()) as session:
        yield session
    g.saved = True


def transaction(work: Callable[[Session], T]) -> T:
    """Do `work` in one transaction, again after a passing refusal of the database.

    Raises Duplicate for a name that looks like another's.
    """
    g.wrote = True
    with _names_apart():
        done = in_transaction(engine(), work)
    g.saved = True
    return done


def note_aside(work: Callable[[Session], object]) -> None:
    """A transaction that is none of the request's own acts, such as noting that a session is used."""
    in_transaction(engine(), work)


def saved_something() -> bool:
    """Whether a transaction of this request was committed, so that nobody is told that nothing was changed."""
    return bool(g.get("saved"))


def _names_apart() -> AbstractContextManager[None]:
    """Names come through many doors: accounts, schemes, workbooks, reforms, the register."""
    return refused_as(Duplicate("name_looks_alike", "name"), *NAMES_APART)


def transaction_once(work: Callable[[Session], T]) -> T:
    """Like `transaction`; after losing the race for a unique key the work runs again and finds the winner's row."""
    try:
        return transaction(work)
    except IntegrityError:
        return transaction(work)


def seal_written() -> None:
    """Seal the events of a command that has written some; one that only reads seals nothing."""
    if g.pop("wrote", False):
        in_transaction(engine(), lambda session: sealing.seal_all(session, now()))


def vault() -> Vault:
    """The vault that encrypts and decrypts personal data under the county's keys."""
    return county().vault


def now() -> datetime:
    """The present time of the county's clock; tests and the simulation set their own clock."""
    return county().clock()


def refuse_strange(on: Engine, *, upgrading: bool = False) -> None:
    """Raise Conflict, with a sentence that says why, for a database that this version cannot work with."""
    refusal = strange(on, upgrading=upgrading)
    if refusal is not None:
        raise Conflict(refusal.code, **refusal.values)


def strange_at_start(app: Flask) -> Strange | None:
    """The error of a database that this version cannot serve; None if there is none, or while it cannot be reached.

    The connection is closed again, since a server may fork its workers afterwards.
    """
    served = engine_of(app)
    try:
        return strange(served)
    except DBAPIError:
        return None
    finally:
        served.dispose()
