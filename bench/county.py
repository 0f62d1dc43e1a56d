"""Benchmark county: settled as the demo county is, with a token for every user and one recorded ticket life."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.pattern import Recorder, Step
from models import Household, Unit, User
from models.engine import make_engine, writing
from settings import DEVELOPMENT_SECRET, default_scheme
from simulation.settlement import settle
from workflow import evidence
from workflow.actors import Actor, actor_of
from workflow.adoption.scheme_storing import install
from workflow.county import accounts
from workflow.policy.scheme.reader import read_scheme
from workflow.policy.worktime import SHANGHAI
from workflow.tickets import attachments, desk, filing
from workflow.tickets.filing import Deficiency

HOUSEHOLDS = 10_000
#: Deficiencies of ten bureaus and of the towns, as (kind, cause).
KINDS = (
    ("water", ""),
    ("housing", ""),
    ("electricity", ""),
    ("tv", ""),
    ("network", ""),
    ("education", ""),
    ("medical", "aid_missing"),
    ("income", "no_work"),
    ("pension_unpaid", ""),
    ("not_trained", "public_post"),
)


@dataclass
class Place:
    """A household, its village and its town."""

    id: int
    code: str
    village_id: int
    town_id: int
    labour: str


@dataclass
class County:
    """The county under measurement: tokens by sign-in name, units by code."""

    households: list[Place] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    clerks: dict[int, str] = field(default_factory=dict)
    cadres: dict[int, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    life: dict[str, Step] = field(default_factory=dict)


def establish(url: str, files: Path, households: int = HOUSEHOLDS) -> County:
    """Settles a county in an empty database, with one ticket that was filed, resolved and closed last month."""
    now = datetime.now(UTC)
    engine = make_engine(url, DEVELOPMENT_SECRET)
    county = County()
    with writing(engine) as session:
        year = now.astimezone(SHANGHAI).year
        made = install(session, read_scheme(default_scheme()), year, now - timedelta(days=90))
        settled = settle(session, made, random.Random(1), households, now - timedelta(days=89))
        towns = {village.id: village.town_id for village in settled.villages}
        county.households = [
            Place(row.id, row.code, row.village_id, towns[row.village_id], row.labour)
            for row in session.scalars(select(Household).order_by(Household.id))
        ]
        county.units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        users = {user.id: user for user in session.scalars(select(User))}
        for user in users.values():
            county.people[user.name] = actor_of(user)
            county.tokens[user.name] = accounts.issue_token(session, user, now)
        for (seat, key), actor in settled.people.items():
            (county.clerks if seat == "unit" else county.cadres)[key] = users[actor.user_id or 0].name
    with writing(engine) as session:
        county.life = dict(_life(session, county, files, now - timedelta(days=30)))
    engine.dispose()
    return county


def _life(session: Session, county: County, files: Path, now: datetime) -> Iterator[tuple[str, Step]]:
    """Takes one ticket through its life in one transaction and records the rows that each request writes."""
    where = county.households[0]
    cadre, town = (county.people[county.cadres[where.village_id]], county.people[county.clerks[where.town_id]])
    bureau = county.people[county.clerks[county.units["water"]]]
    recorder = Recorder(session)
    ticket = filing.file_ticket(
        session, cadre, now, Deficiency(household=where.code, kind="water", description="水管断了")
    ).ticket
    yield "file", recorder.step()

    def brought(who: Actor, content: bytes) -> int:
        kept = evidence.keep(files, content)
        return attachments.add(
            session, who, ticket, now, filename="proof.txt", sha256=kept, size=len(content), media_type="text/plain"
        ).id

    steps: tuple[tuple[Actor, str, dict[str, Any]], ...] = (
        (town, "endorse", {}),
        (bureau, "accept", {}),
        (bureau, "resolve", {"note": "修好了"}),
        (town, "confirm", {"visited_on": now.astimezone(SHANGHAI).date().isoformat(), "note": "通水"}),
    )
    for who, action, given in steps:
        if action in ("resolve", "confirm"):
            recorder = Recorder(session)
            given = {**given, "evidence": [brought(who, action.encode())]}
            yield f"evidence@{ticket.version}", recorder.step()
        recorder = Recorder(session)
        desk.perform(session, who, ticket, action, now, **given)
        yield action, recorder.step()


def bodies(county: County, kinds: tuple[tuple[str, str], ...] = KINDS) -> Iterator[dict[str, str | None]]:
    """Filings over HTTP, each deficiency once: token, household, kind and cause."""
    for kind, cause in kinds:
        for place in county.households[1:]:
            yield {
                "token": county.tokens[county.clerks[place.town_id]],
                "household": place.code,
                "kind": kind,
                "cause": cause or None,
                "description": f"{place.code} 户内 {kind} 尚缺，村干部入户核查发现，请尽快安排解决。",
            }


def lives(county: County) -> Iterator[dict[str, str]]:
    """Ticket lives over HTTP: the tokens of village, town and bureau, and the household."""
    bureau = county.tokens[county.clerks[county.units["water"]]]
    for place in county.households[1:]:
        yield {
            "village": county.tokens[county.cadres[place.village_id]],
            "town": county.tokens[county.clerks[place.town_id]],
            "bureau": bureau,
            "household": place.code,
        }
