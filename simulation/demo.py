"""The demo county: settled, and lived through N days up to now."""

import random
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from models import User, Village
from models.engine import writing
from simulation.daily_life import CALM, DailyLife
from simulation.settlement import settle
from workflow.actors import system
from workflow.county import accounts
from workflow.county.context import the_county
from workflow.county.vault import Vault
from workflow.errors import Conflict
from workflow.evidence import Place


def run(
    engine: Engine,
    files: Place,
    now: datetime,
    *,
    days: int,
    seed: int,
    households: int,
    hash_password: Callable[[str], str],
    progress: Callable[[int, int], None],
    vault: Vault | None = None,
    slow: Mapping[str, int] = CALM,
) -> list[tuple[str, str, str]]:
    """Fill an empty, installed county; returns one (role, sign-in name, password) per role.

    With a `vault` its people have ID numbers and phones, sealed in it, and some are told by e-mail as well, in the last days.
    `slow` says of how many units of a kind most of what is late is.

    Raises Conflict when the county has villages already.
    """
    rng = random.Random(seed)
    start = now - timedelta(days=days)
    with writing(engine) as session:
        county = the_county(session)
        if session.scalar(select(func.count()).select_from(Village)):
            raise Conflict("county_not_empty")
        settled = settle(session, county, rng, households, start - timedelta(days=1), vault)
    if days:
        DailyLife(engine, settled, rng, files, vault, slow).live(start, now, max(2.0, households / 120), progress)
    told = []
    for role, name in settled.names.items():
        password = secrets.token_urlsafe(9)
        hashed = hash_password(password)
        with writing(engine) as session:
            user = session.scalars(select(User).where(User.name == name)).one()
            accounts.set_password(session, system(), user, hashed, now)
        told.append((role, name, password))
    return told
