"""Small county for tests: two towns, a few bureaus, people in every role, and a clock that tests set."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from models import Event, Evidence, Household, Outbox, Ticket, Unit, User, Village
from models.engine import reading, writing
from models.row_changes import happened
from tests.support.db_snapshot import is_empty, prepared
from tests.support.posts import appoint
from tests.support.scheme_cast import Cast, cast_scheme
from workflow.actors import Actor, actor_of
from workflow.adoption.scheme_storing import install
from workflow.county import authorisations
from workflow.county.context import stored_form
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI
from workflow.register.names.pinyin import initials
from workflow.tickets import attachments, desk, filing
from workflow.tickets.filing import Deficiency

#: A Tuesday in an ordinary week of 2018: no holiday near.
START = datetime(2018, 11, 20, 10, 0, tzinfo=SHANGHAI)


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def small_scheme(**changes: Any) -> Scheme:
    """A scheme with round figures; `changes` replace its top-level parts."""

    def unit(code: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"code": code, "name": name, "name_en": code, "type": kind, **more}

    def route(code: str, lead: str, confirmer: str = "town", **when: Any) -> dict[str, Any]:
        return {"code": code, "lead": lead, "confirmer": confirmer, "reason": words(f"because of {code}"), "when": when}

    rungs = [
        ("remind", -1, "system"),
        ("urge", 0, "system"),
        ("supervise", 2, "system"),
        ("summon", 5, "person"),
        ("account", 10, "person"),
    ]
    demands = {
        "supervise": {"code": "finish", "text": words("办结"), "days": 3},
        "summon": {"code": "explain", "text": words("说明"), "days": 3, "met_by": "answer"},
        "account": {"code": "account_for", "text": words("说明责任"), "days": 5, "met_by": "answer"},
    }
    limits = {"vet": 2, "supplement": 3, "accept": 2, "mend": 10, "rule": 3, "confirm": 5, "cap": 40}
    content: dict[str, Any] = {
        "code": "small",
        "title": words("small"),
        "year": 2018,
        "county": {"code": "wuhua", "name": words("五华县"), "region": "441424"},
        "office_hours": [("08:30", "12:00"), ("14:30", "17:30")],
        "units": [
            unit("town-a", "甲镇", "town"),
            unit("town-b", "乙镇", "town"),
            unit("water", "县水务局", "bureau", aliases=["水务局"]),
            unit("power", "县供电局", "bureau"),
            unit("housing", "县住建局", "bureau"),
            unit("poverty", "县扶贫局", "bureau", aliases=["县扶贫开发局"], ruled_by_leaders=True),
            unit("office", "县扶贫开发领导小组办公室", "office", ruled_by_leaders=True, mark="华扶办"),
            unit("leaders", "县扶贫开发领导小组", "leaders", mark="华扶组"),
            unit("inspectorate", "县委督查室", "inspectorate"),
        ],
        "indicators": [
            {
                "number": 1,
                "title": words("减贫"),
                "towns": True,
                "units": ["water"],
                "tasks": words("查缺补漏"),
                "figures": [{"code": "haves", "text": words("八有达标"), "value": 8, "unit": "items"}],
            },
            {"number": 18, "title": words("档案"), "towns": True, "units": ["poverty"], "tasks": words("一户一档")},
            {"number": 10, "title": words("危改"), "towns": True, "units": ["housing"], "tasks": words("危房改造")},
        ],
        "limits": {"normal": limits, "urgent": dict.fromkeys(limits, 1) | {"cap": 10}},
        "kinds": [
            {
                "code": "water",
                "name": words("饮水"),
                "indicator": 1,
                "subjects": ["household", "village"],
                "routes": [route("water", "water")],
            },
            {"code": "power", "name": words("用电"), "indicator": 1, "routes": [route("power", "power")]},
            {"code": "file", "name": words("档案"), "indicator": 18, "routes": [route("file", "poverty")]},
            {
                "code": "house",
                "name": words("危改"),
                "indicator": 10,
                "causes": [{"code": "quota", "name": words("年度任务")}, {"code": "other", "name": words("任务外")}],
                "hard_stop": {"date": "12-20", "causes": ["quota"]},
                "routes": [route("house", "town", "housing")],
            },
        ],
        "decline": {"rounds": 2, "grounds": [{"code": "not_ours", "name": words("不属于本单位职责")}]},
        "suspension": {"max_days": 20, "grounds": [{"code": "flood", "name": words("洪涝")}]},
        "reopen_days": 20,
        "deemed_acceptance": 3,
        "ladder": {
            "rungs": [
                {"code": c, "name": words(c), "offset": o, "tells": [], "issued_by": b, "demand": demands.get(c)}
                for c, o, b in rungs
            ],
            # Tests appoint a talk after everything they do.
            "talk_within": 200,
        },
    }
    return Scheme.model_validate(content | changes)


_PLAIN = small_scheme()


@cache
def _played(path: Path) -> tuple[Scheme, Cast]:
    return cast_scheme(path, _PLAIN)


@dataclass
class County:
    """A county in a database: its people by name, and methods that act as them."""

    engine: Engine
    people: dict[str, Actor] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    cast: Cast = field(default_factory=Cast)

    def code(self, unit: str) -> str:
        """The scheme's code of a unit of the cast."""
        return self.cast.units.get(unit, unit)

    def word(self, code: str) -> str:
        """The cast's name for a unit code; the code itself where no one of the cast has it."""
        return next((word for word, unit in self.cast.units.items() if unit == code), code)

    def kind(self, word: str) -> str:
        """The scheme's code of a kind of the cast."""
        return self.cast.kinds.get(word, word)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction.  What a test sets up by itself counts as an act, so that `verify` knows its rows."""
        with writing(self.engine) as session:
            yield session
            happened(session, START)

    def read(self) -> AbstractContextManager[Session]:
        return reading(self.engine)

    def file(
        self, who: str = "town", household: str = "A1", kind: str = "water", at: datetime = START, **more: Any
    ) -> int:
        with self.write() as session:
            given = self.cast.given({"kind": kind, **more})
            return filing.file_ticket(session, self.people[who], at, Deficiency(household=household, **given)).ticket.id

    def do(self, who: str, action: str, ticket: int, at: datetime = START, **given: Any) -> Ticket:
        with self.write() as session:
            return desk.perform(session, self.people[who], ticket, action, at, **self.cast.given(given))

    def bring(self, who: str, ticket: int, at: datetime = START, content: bytes = b"photo") -> int:
        """Adds evidence to the ticket (its row; bytes are tested elsewhere)."""
        with self.write() as session:
            row: Evidence = attachments.add(
                session,
                self.people[who],
                ticket,
                at,
                filename="photo.jpg",
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
                media_type="image/jpeg",
            )
            return row.id

    def resolve(self, ticket: int, at: datetime, who: str = "water", **more: Any) -> Ticket:
        proof = [self.bring(who, ticket, at, f"mended {at}".encode())]
        return self.do(who, "resolve", ticket, at, evidence=proof, **more)

    def confirm(self, ticket: int, at: datetime, who: str = "town") -> Ticket:
        proof = [self.bring(who, ticket, at, f"seen {at}".encode())]
        return self.do(who, "confirm", ticket, at, visited_on=at.date().isoformat(), evidence=proof)

    def ticket(self, ticket: int) -> Ticket:
        with self.read() as session:
            return session.scalars(select(Ticket).where(Ticket.id == ticket)).one()


def day(n: float, hour: float = 10) -> datetime:
    """`n` calendar days after START, at that hour in China."""
    return START + timedelta(days=n, hours=hour - 10)


#: The scheme file that a test of the lifecycle plays in; None: the small scheme.
_STAGE: ContextVar[Path | None] = ContextVar("STAGE", default=None)


@contextmanager
def staged(scheme: Path) -> Iterator[None]:
    """Sets the scheme file for counties that name none of their own."""
    token = _STAGE.set(scheme)
    try:
        yield
    finally:
        _STAGE.reset(token)


def stage() -> Path | None:
    """The scheme file under which a county that names none is settled; None: the small scheme."""
    return _STAGE.get()


#: The stored forms of schemes, by the scheme: writing one down takes longer than putting its county into a database.
_forms: dict[int, tuple[Scheme, str]] = {}


def _form(scheme: Scheme) -> str:
    if id(scheme) not in _forms:
        if len(_forms) > 16:
            _forms.clear()
        _forms[id(scheme)] = scheme, stored_form(scheme)
    return _forms[id(scheme)][1]


def settle_county(
    engine: Engine,
    scheme: Scheme | None = None,
    households: int = 3,
    *,
    stage: Path | None = None,
    rounds: int | None = None,
) -> County:
    """Installs the scheme, by default the test's `stage`, and adds people and households.

    `rounds`: how often a ticket may be declined, where it differs from the scheme's. It is settled through the product
    once per process; the next empty database gets a copy of its rows.
    """
    stage, cast = stage or _STAGE.get(), Cast()
    if scheme is None and stage is not None:
        scheme, cast = _played(stage)
    scheme = scheme or _PLAIN
    if rounds is not None:
        scheme = scheme.model_copy(update={"decline": scheme.decline.model_copy(update={"rounds": rounds})})
    if not is_empty(engine):
        return _settle(engine, scheme, households, cast)
    made = prepared(engine, ("county", _form(scheme), households), lambda: _settle(engine, scheme, households, cast))
    return replace(made, engine=engine, people=dict(made.people), units=dict(made.units), cast=cast)


def _settle(engine: Engine, scheme: Scheme, households: int, cast: Cast) -> County:
    county = County(engine, cast=cast)
    with county.write() as session:
        install(session, scheme, 2018, START - timedelta(days=30))
        county.units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        county.units |= {word: county.units[code] for word, code in cast.units.items() if code in county.units}
        villages = {}
        for town in ("town-a", "town-b"):
            for number in (1, 2):
                code = f"{town}-v{number}"
                villages[code] = Village(town_id=county.units[town], code=code, name=f"{code}村")
        session.add_all(villages.values())
        session.flush()
        session.add_all(
            Household(
                code=f"{letter}{n}",
                village_id=villages[village].id,
                head_name="张三",
                initials=initials("张三"),
                labour="with",
                status="pre_exit",
            )
            for letter, village in (("A", "town-a-v1"), ("B", "town-b-v1"))
            for n in range(1, households + 1)
        )
        seats = [
            ("village", "village", "town-a", "town-a-v1"),
            ("other_village", "village", "town-a", "town-a-v2"),
            ("far_village", "village", "town-b", "town-b-v1"),
            ("town", "town", "town-a", None),
            ("other_town", "town", "town-b", None),
            ("water", "bureau", "water", None),
            ("power", "bureau", "power", None),
            ("housing", "bureau", "housing", None),
            ("poverty", "bureau", "poverty", None),
            ("office", "office", "office", None),
            ("leaders", "leaders", "leaders", None),
            ("inspectorate", "inspectorate", "inspectorate", None),
            ("admin", "admin", None, None),
        ]
        for name, role, unit, village in seats:
            user = User(
                name=name,
                display_name=name.replace("_", " "),
                role=role,
                active=True,
                created_at=START,
                unit_id=county.units[unit] if unit else None,
                village_id=villages[village].id if village else None,
            )
            session.add(user)
            session.flush()
            county.people[name] = actor_of(user)
        for issuer in ("office", "leaders"):
            _authorise(session, county.people[issuer])
        # Notified long before a test begins, so that a test sees only what it causes.
        before = select(Event.id).where(Event.action.in_(("appointed", "authorise")))
        session.execute(delete(Outbox).where(Outbox.event_id.in_(before)))
    return county


def _authorise(session: Session, who: Actor) -> None:
    """The person leads the unit and lets the system issue its papers."""
    before = START - timedelta(days=29)
    appoint(session, session.get_one(User, who.user_id), "leader", before)
    given = {
        "kind": "supervise",
        "from_day": before.date(),
        "until_day": date(2023, 6, 30),
        "document": "五扶授〔2018〕1号",
    }
    authorisations.record(session, who, before, given)
