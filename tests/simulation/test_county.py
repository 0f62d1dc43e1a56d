"""Simulated county: for any seed the invariants hold, and the simulation changes rows only through the product's
functions.
"""

import ast
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import (
    AccountabilityCase,
    Escalation,
    Event,
    Household,
    PaperAct,
    Ticket,
    TimeRequest,
    Unit,
    User,
    Village,
)
from models.engine import reading
from models.people import ROLES
from settings import ROOT
from simulation import demo
from simulation.demo import Scale
from tests.support.apps import app_on
from tests.support.invariants import violations
from tests.support.simulated_county import NOW, OTHER, SCHEME, SLACK, SMALL, Lived, lived
from tests.support.thorough import is_thorough, tries
from web.auth import HASHER
from workflow.county.context import county_context
from workflow.errors import Conflict
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI, local_date


def story(engine: Engine) -> list[tuple[Any, ...]]:
    """The events without their random parts: salts, passwords, hashes over salted hashes, digests of sealed words."""
    with reading(engine) as session:
        rows = session.execute(
            select(
                Event.subject_type,
                Event.subject_id,
                Event.seq,
                Event.at,
                Event.effective_at,
                Event.actor_id,
                Event.action,
                Event.to_state,
                Event.given,
                Event.effect,
            )
            .where(Event.action.not_in(("password_set", "rows")))
            .order_by(Event.id)
        )
        return [(*row[:-1], _without_random(row[-1])) for row in rows]


def _without_random(effect: Any) -> Any:
    """What an event did without digests of what was sealed or salted, which differ from run to run."""
    if isinstance(effect, dict):
        return {
            key: _without_random(value) for key, value in effect.items() if key not in ("dossier", "hash", "sealed")
        }
    return [_without_random(value) for value in effect] if isinstance(effect, list) else effect


@pytest.mark.parametrize(
    ("kind", "seed", "scheme"), [("sqlite", 2, OTHER), ("postgresql", 4, SCHEME)], ids=["sqlite", "postgresql"]
)
def test_whatever_the_seed_and_the_scheme_the_laws_hold(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, seed: int, scheme: Scheme
) -> None:
    # The whole scheme of a county has sixty duties, of which a shorter life has little.
    played = scheme if is_thorough() or scheme is OTHER else SMALL
    with lived(request, kind, tmp_path, seed=seed, days=tries(4, 7), households=tries(40, 80), scheme=played) as county:
        assert violations(county.engine, NOW, county.files) == []
        with reading(county.engine) as session:
            assert (session.scalar(select(func.count()).select_from(Ticket)) or 0) > 5


def test_a_county_is_the_same_for_the_same_seed_and_another_for_another_tells_each_day_and_is_made_once(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    stories, days = [], tries(2, 4)
    for number, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        with lived(request, "sqlite", folder, seed=seed, days=days, households=40) as county:
            stories.append(story(county.engine))
            # Progress is told day by day.
            assert county.progress == [(day, days) for day in range(days + 1)]
            if seed == 6:
                _is_refused_a_second_time(county)
                assert story(county.engine) == stories[-1]
    assert stories[0] == stories[1]
    assert stories[0] != stories[2]


def _is_refused_a_second_time(county: Lived) -> None:
    """A demo is made in an empty county only."""
    with pytest.raises(Conflict) as refusal:
        demo.run(
            county.engine,
            county.files,
            NOW,
            Scale(days=2, seed=1, households=20),
            hash_password=HASHER.hash,
            progress=lambda *_: None,
        )
    assert refusal.value.code == "county_not_empty"


def test_some_were_slow_some_declined_and_some_closed_on_paper_and_were_caught(slack_county: Lived) -> None:
    _holds_of_every_county(slack_county)


def _holds_of_every_county(county: Lived) -> None:
    """What does not hang on the seed."""
    with reading(county.engine) as session:
        acted: dict[str, int] = dict(session.execute(select(Event.action, func.count()).group_by(Event.action)).all())
        asked = session.scalar(select(func.count()).select_from(TimeRequest))
        closed = session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state == "closed")) or 0
        ends = set(session.scalars(select(PaperAct.how).where(PaperAct.act == "end")))
        issued = set(
            session.scalars(select(Escalation.custody_id).where(Escalation.rung == 5, Escalation.status == "issued"))
        )
        cases = set(session.scalars(select(AccountabilityCase.custody_id)))
    assert acted.get("ask_time", 0) == asked
    assert ends <= {"verified", "concluded", "superseded", "moved_on", "lapsed", "revoked"}
    # Tickets closed in November are drawn from once, on 1 December.
    assert acted.get("draw", 0) == 1
    assert closed > 20
    _cases_are_mostly_about_households(county)
    # The last rung opens a case where none is open.
    assert issued <= cases
    # Not all of them: a county in which every unit fails would be unrealistic.
    assert acted["reject"] < acted["confirm"]
    assert violations(county.engine, NOW, county.files) == []


def _cases_are_mostly_about_households(county: Lived) -> None:
    """Seen: it held from a hundred households on, below by chance."""
    with reading(county.engine) as session:
        cases = select(Ticket.household_id.is_not(None)).join(
            AccountabilityCase, AccountabilityCase.ticket_id == Ticket.id
        )
        about = Counter(session.scalars(cases))
    assert about[True] > about[False]


def test_nobody_opens_a_case_on_a_day_off_whatever_day_a_demo_ends(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Seen: one more case for each state was opened on the Sunday on which a demo ended.  Most are about households, however
    few there are."""
    sunday = datetime(2018, 12, 16, 12, 0, tzinfo=SHANGHAI)
    with (
        lived(request, "sqlite", tmp_path, days=16, households=40, slow=SLACK, now=sunday) as county,
        reading(county.engine) as session,
    ):
        clock = county_context(session).clock
        acts = select(Event.at).where(Event.subject_type == "case", Event.actor_id.is_not(None))
        days = {local_date(at) for at in session.scalars(acts)}
        assert date(2018, 12, 14) in days
        assert [day for day in days if not clock.is_working_day(day)] == []
    _cases_are_mostly_about_households(county)


def test_the_county_is_the_one_of_the_notice_and_one_of_each_role_can_sign_in(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with lived(request, "sqlite", tmp_path, days=0) as county, reading(county.engine) as session:
        assert session.scalar(select(func.count()).select_from(Unit).where(Unit.type == "town")) == 16
        assert (session.scalar(select(func.count()).select_from(Village)) or 0) >= 300
        assert session.scalar(select(func.count()).select_from(Household)) == 240
        # No day was simulated: no ticket was filed, and a sweep has nothing to do.
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0
        assert county.progress == []
        assert violations(county.engine, NOW, county.files) == []
        session.rollback()
        _can_sign_in(county)


def _can_sign_in(county: Lived) -> None:
    """One account of each role is told, and each can sign in."""
    assert sorted(role for role, _, _ in county.passwords) == sorted(ROLES)
    app = app_on(str(county.engine.url), FILES=county.files, CLOCK=lambda: NOW, TESTING=True)
    for role, name, password in county.passwords:
        client = app.test_client()
        page = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = {"name": name, "password": password, "csrf_token": token[1]}
        assert client.post("/sign-in", data=form).status_code == 302, role
        assert client.get("/", follow_redirects=True).status_code == 200, role


def test_the_printed_accounts_of_those_who_work_on_tickets_have_some(slack_county: Lived) -> None:
    names = {role: name for role, name, _ in slack_county.passwords}
    with reading(slack_county.engine) as session:
        users = {role: session.scalars(select(User).where(User.name == name)).one() for role, name in names.items()}
        village, town = users["village"], users["town"]
        for column, place in (
            (Ticket.in_village_id, village.village_id),
            (Ticket.town_id, town.unit_id),
            (Ticket.holder_unit_id, users["bureau"].unit_id),
        ):
            still_open = select(Ticket.id).where(column == place, Ticket.ended_at.is_(None))
            assert session.scalars(still_open).first() is not None, column
        # What the village files comes to the town whose account is printed beside it.
        assert session.scalar(select(Village.town_id).where(Village.id == village.village_id)) == town.unit_id


def test_the_simulator_has_no_key_but_the_doors() -> None:
    """It may insert villages and households; every table with a lifecycle it only reads."""
    made: set[str] = set()
    for path in (ROOT / "simulation").glob("*.py"):
        source = ast.parse(path.read_text(encoding="utf-8"))
        models = {
            alias.name
            for node in ast.walk(source)
            if isinstance(node, ast.ImportFrom) and node.module == "models"
            for alias in node.names
        }
        calls = {
            node.func.id for node in ast.walk(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        made |= models & calls
        assert not calls & {"insert", "update", "delete", "text"}, path.name
    assert made == {"Village", "Household", "Member"}
