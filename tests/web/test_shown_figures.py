"""Every figure of every role's pages is opened and compared with its list; no link of any page ends in a refusal."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import Ticket, User
from models.engine import writing
from tests.support.apps import strict
from tests.support.factories import day
from tests.support.figure_walk import MORE_STARTS, STARTS, Reader, compared
from tests.support.http_clients import Api
from tests.support.lived_county import lived_county
from tests.support.thorough import is_thorough
from tools.screenshots import NOW
from web.app import create_app
from web.shown_figures import SHOWN
from workflow.county import accounts

#: The roles with a unit of their own; those that read the whole county are walked in the lived county below.
ROLES = ("village", "town", "bureau")


@pytest.fixture(scope="module")
def app(settled_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("figures") / "copy"
    shutil.copytree(settled_county, folder)
    made = strict(
        create_app(
            DATABASE_URL=f"sqlite:///{folder / 'county.db'}", FILES=folder / "files", CLOCK=lambda: NOW, YEAR=NOW.year
        )
    )
    yield made
    made.extensions["xiaohao"].engine.dispose()


def reader(app: Flask, role: str) -> Reader:
    """Somebody of the role; of a unit, the one with most on its hands."""
    engine = app.extensions["xiaohao"].engine
    with writing(engine) as session:
        users = session.scalars(select(User).where(User.role == role, User.active).order_by(User.id)).all()
        held = dict(
            session.execute(
                select(Ticket.holder_unit_id, func.count())
                .where(Ticket.ended_at.is_(None))
                .group_by(Ticket.holder_unit_id)
            ).all()
        )
        busiest = max(users, key=lambda user: (held.get(user.unit_id or 0, 0), -user.id))
        token = accounts.issue_token(session, busiest, NOW)
    return Reader(app.test_client(), token)


@pytest.mark.parametrize("role", ROLES)
def test_every_figure_is_the_length_of_the_list_it_opens(app: Flask, role: str) -> None:
    opened, wrong = compared(reader(app, role))
    assert wrong == []
    assert opened


@pytest.mark.one_database("postgresql")
def test_figures_and_lists_agree_on_postgresql_too(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = lived_county(engine, tmp_path / "files")
    api = Api(county, database_url, tmp_path / "files")
    api.now = day(27)
    counted: dict[str, int] = {}
    # A village's figures are a town's, fewer of them; who administers accounts reads none.
    everybody = ("village", "town", "water", "office", "leaders", "inspectorate", "admin")
    for who in everybody if is_thorough() else ("town", "water", "office", "leaders", "inspectorate"):
        whole = who in ("office", "leaders", "inspectorate")
        person = Reader(api.client, api.tokens[who], counted if whole else {})
        opened, wrong = compared(person, MORE_STARTS.get(who, STARTS))
        assert wrong == [], who
        # Who administers accounts reads no figures.
        assert opened or who == "admin", who
        assert len(person.known) > 5, who


def test_every_figure_names_the_query_it_counts_or_why_nothing_opens() -> None:
    for name, entry in SHOWN.items():
        assert callable(entry.counts), name
        assert bool(entry.opens) != bool(entry.why), name


def test_no_template_shows_a_figure_that_the_registry_does_not_know() -> None:
    folder = Path(__file__).parents[2] / "templates"
    used: set[str] = set()
    for path in folder.rglob("*.html"):
        used |= set(re.findall(r"(?:shown|tile)\('([a-z_.]+)'", path.read_text(encoding="utf-8")))
    unknown: set[Any] = {name for name in used if name not in SHOWN and not name.endswith(".")}
    assert unknown == set()
