"""Settling an empty county: villages, households and people with plausible names, by a seed."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, Household, Unit, User, Village
from simulation import homes
from simulation.numbers import Numbers
from workflow.actors import Actor, actor_of, system, with_standing
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context
from workflow.county.posts import post_entries
from workflow.county.vault import Vault
from workflow.policy.worktime import local_date
from workflow.register.names.pinyin import initials

_SURNAMES = "张李陈钟古刘曾温邓魏周胡黄朱廖缪甘万江宋卓赖吴林叶何罗郑谢丘杨徐"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅春生文辉国华建新志海添福金水火土木运来发招娣"
_PLACES = "上下中大小新老东西南北前后"
_LAND = "坪坑塘岭排田湖沙水石竹松梅樟"
_ENDS = "村围屋径坝口岗寨"


@dataclass
class Settled:
    """Who lives and works in the county."""

    villages: list[Village] = field(default_factory=list)
    households: list[tuple[str, int]] = field(default_factory=list)
    people: dict[tuple[str, int], Actor] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    #: The sign-in name of each unit's clerk.
    clerks: dict[int, str] = field(default_factory=dict)
    #: The town of each village.
    towns: dict[int, int] = field(default_factory=dict)
    #: The units that a reform made.
    new_units: list[int] = field(default_factory=list)

    def read_again(self, session: Session, now: datetime) -> None:
        """Read villages, households and people as a reform left them.

        Whoever acted for a unit or village that ended acts for its successor: of a new one the people of the first that it
        succeeds.  Under the ended one's key is its successor's person, who answers what it left.
        """
        self._read_places(session)
        ids = {who.user_id for who in self.people.values()}
        standing: dict[int, list[tuple[int | None, int | None, int | None]]] = {}
        users: dict[int, User] = {}
        for row in session.execute(with_standing(select(User).where(User.id.in_(ids))), {"now": now}):
            users[row[0].id] = row[0]
            standing.setdefault(row[0].id, []).append((row[1], row[2], row[3]))
        self.people = {
            key: actor_of(users[who.account_id], standing[who.account_id]) for key, who in self.people.items()
        }
        self._succeed(session.execute(select(Unit.id, Unit.successor_id).order_by(Unit.id)).all(), ("unit", "leader"))
        self._succeed(
            session.execute(select(Village.id, Village.successor_id).order_by(Village.id)).all(), ("village",)
        )

    def _read_places(self, session: Session) -> None:
        every = list(session.scalars(select(Village).order_by(Village.id)))
        self.villages = [village for village in every if village.ended_on is None]
        self.towns = {village.id: village.town_id for village in every}
        where: dict[str, int] = dict(session.execute(select(Household.code, Household.village_id)).all())
        self.households = [(code, where[code]) for code, _ in self.households]

    def _succeed(self, rows: Sequence[Any], seats: tuple[str, ...]) -> None:
        """Give what ended, and what a reform made, the people who act for it; `rows` are (id, id of the successor)."""
        for row_id, successor in ((row[0], row[1]) for row in rows if row[1] is not None):
            for seat in (seat for seat in seats if (seat, row_id) in self.people):
                if (seat, successor) not in self.people:
                    self.people[(seat, successor)] = self.people[(seat, row_id)]
                    if seat == "unit":
                        self.new_units.append(successor)
                        self.clerks[successor] = self.clerks[row_id]
                self.people[(seat, row_id)] = self.people[(seat, successor)]


def person(rng: random.Random) -> str:
    """A plausible name."""
    return rng.choice(_SURNAMES) + given_name(rng)


def given_name(rng: random.Random) -> str:
    """A plausible given name."""
    return "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))


def settle(
    session: Session, county: County, rng: random.Random, households: int, now: datetime, vault: Vault | None = None
) -> Settled:
    """Put villages, households and people of every unit into an empty county; with a `vault` they have numbers."""
    settled = Settled()
    units = list(session.scalars(select(Unit).order_by(Unit.position)))
    towns = [unit for unit in units if unit.type == "town"]
    for town in towns:
        names: set[str] = set()
        while len(names) < 19 + rng.randrange(4):
            names.add(rng.choice(_PLACES) + rng.choice(_LAND) + rng.choice(_ENDS))
        for number, name in enumerate(sorted(names), start=1):
            village = Village(town_id=town.id, code=f"{town.code.removeprefix('town-')}-{number:02d}", name=name)
            session.add(village)
            settled.villages.append(village)
    session.flush()
    settled.towns = {village.id: village.town_id for village in settled.villages}
    _people(session, settled, units, rng, now)
    line = homes.latest_line(county_context(session).scheme, now.year)
    made = []
    for number in range(1, households + 1):
        village = rng.choice(settled.villages)
        cadre = settled.people[("village", village.id)]
        code, name = f"HH{number:06d}", person(rng)
        labour = rng.choices(("with", "partly", "none"), (6, 2, 2))[0]
        made.append(
            Household(
                code=code,
                village_id=village.id,
                head_name=name,
                initials=initials(name),
                labour=labour,
                status="pre_exit" if rng.random() < 0.6 else "in",
                address=f"{village.name}{rng.randrange(1, 90)}号",
                cadre_name=cadre.name,
                cadre_id=cadre.user_id,
                **homes.facts(rng, labour, line),
            )
        )
        settled.households.append((code, village.id))
    session.add_all(made)
    session.flush()
    numbers = Numbers(vault) if vault else None
    for household in made:
        people = homes.members(rng, household, household.head_name, given_name, now.date())
        if numbers is not None:
            numbers.connect(household)
            for member in people:
                numbers.give(member, now.date())
        session.add_all(people)
    session.flush()
    _name_a_busy_village(settled)
    return settled


def _name_a_busy_village(settled: Settled) -> None:
    """The demo's village account is that of the most households in the first town, so that its lists are not empty."""
    homes = Counter(village_id for _, village_id in settled.households)
    first = settled.villages[0].town_id
    busy = max((one for one in settled.villages if one.town_id == first), key=lambda one: homes[one.id])
    settled.names["village"] = f"v-{busy.code}"


def _people(session: Session, settled: Settled, units: list[Unit], rng: random.Random, now: datetime) -> None:
    who = system()

    def add(name: str, role: str, unit: Unit | None, village: Village | None = None) -> User:
        user = accounts.create_user(
            session,
            who,
            now,
            NewUser(
                name=name,
                role=role,
                unit=unit.code if unit else None,
                village=village.code if village else None,
                display_name=person(rng),
            ),
        )
        settled.names.setdefault(role, name)
        return user

    for unit in units:
        role = unit.type
        clerk = add(f"{unit.code}-1", role, unit)
        leader = add(f"{unit.code}-2", role, unit)
        for user, kind in ((clerk, "duty"), (leader, "leader")):
            document = f"华组干〔{local_date(now).year}〕36号"
            given = {"user": user.name, "kind": kind, "from_day": local_date(now), "document": document}
            post_entries.enter(session, who, now, given)
        settled.people[("unit", unit.id)] = actor_of(clerk)
        settled.people[("leader", unit.id)] = actor_of(leader)
        settled.clerks[unit.id] = clerk.name
    by_id = {unit.id: unit for unit in units}
    for village in settled.villages:
        cadre = add(f"v-{village.code}", "village", by_id[village.town_id], village)
        settled.people[("village", village.id)] = actor_of(cadre)
    add("admin", "admin", None)
