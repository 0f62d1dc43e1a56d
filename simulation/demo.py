"""The demo county: settled, and lived through N days up to now."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from models import User, Village
from models.engine import writing
from simulation.county_reform import add_bureaus
from simulation.daily_life import CALM, DailyLife
from simulation.people_with_work import people_with_work
from simulation.settlement import settle
from workflow.actors import system
from workflow.county import accounts
from workflow.county.context import the_county
from workflow.county.vault import Vault
from workflow.errors import Conflict
from workflow.evidence import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The size of a demo county; `slow` says of how many units of a type most of what is late is."""

    days: int
    seed: int
    households: int
    slow: Mapping[str, int] = field(default_factory=lambda: CALM)


def run(
    engine: Engine,
    files: Place,
    now: datetime,
    scale: Scale,
    *,
    hash_password: Callable[[str], str],
    progress: Callable[[int, int], None],
    vault: Vault | None = None,
) -> list[tuple[str, str, str]]:
    """Fill an empty, installed county; returns one (role, sign-in name, password) per role, where it can be of people
    with open tickets.

    With a `vault` its people have ID numbers and phones, sealed in it, and some are told by e-mail as well, in the last days.

    Raises Conflict when the county has villages already.
    """
    rng, days, households = random.Random(scale.seed), scale.days, scale.households
    start = now - timedelta(days=days)
    with writing(engine) as session:
        county = the_county(session)
        if session.scalar(select(func.count()).select_from(Village)):
            raise Conflict("county_not_empty")
        add_bureaus(session, start - timedelta(days=1))
        settled = settle(session, county, rng, households, start - timedelta(days=1), vault)
    if days:
        DailyLife(engine, settled, rng, files, vault, scale.slow).live(start, now, max(2.0, households / 120), progress)
    with writing(engine) as session:
        settled.names |= people_with_work(session, settled)
    passwords = []
    for role, name in settled.names.items():
        password = secrets.token_urlsafe(9)
        hashed = hash_password(password)
        with writing(engine) as session:
            user = session.scalars(select(User).where(User.name == name)).one()
            accounts.set_password(session, system(), user, hashed, now)
        passwords.append((role, name, password))
    return passwords
