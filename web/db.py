"""The database as requests and commands use it: one engine a process, a session for reading or for one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TypeVar

from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.engine import in_transaction, make_engine
from models.engine import reading as reading_on
from models.engine import writing as writing_on
from workflow.county.vault import Vault

T = TypeVar("T")


def engine_of(app: Flask) -> Engine:
    """The app's engine, made when first asked for, so that a forked worker opens connections of its own."""
    found = app.extensions.get("xiaohao_engine")
    if found is None:
        found = app.extensions["xiaohao_engine"] = make_engine(app.config["DATABASE_URL"])
    engine: Engine = found
    return engine


def reading() -> AbstractContextManager[Session]:
    """A session that reads one consistent state."""
    return reading_on(engine_of(current_app))


def writing() -> AbstractContextManager[Session]:
    """One transaction."""
    return writing_on(engine_of(current_app))


def transaction(work: Callable[[Session], T]) -> T:
    """Do `work` in one transaction, again after a passing refusal of the database."""
    return in_transaction(engine_of(current_app), work)


def transaction_once(work: Callable[[Session], T]) -> T:
    """Like `transaction`; who loses the race for a unique key does the work again and finds what the winner wrote."""
    try:
        return transaction(work)
    except IntegrityError:
        return transaction(work)


def vault() -> Vault:
    """What seals and opens personal data, under the keys of the settings."""
    found = current_app.extensions.get("xiaohao_vault")
    if found is None:
        found = current_app.extensions["xiaohao_vault"] = Vault(current_app.config["DATA_KEY"])
    made: Vault = found
    return made


def now() -> datetime:
    """What time it is; tests and the simulator put their own clock into the app's configuration."""
    clock: Callable[[], datetime] | None = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC)
