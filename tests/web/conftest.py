"""Fixtures: a county behind HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, select

from models import User
from models.row_changes import happened
from tests.support.browser import installed_chromium
from tests.support.factories import County, settle_county
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.pages import Pages, open_pages
from web.auth import HASHER


@pytest.fixture
def visit(api: Api) -> Callable[..., Visitor]:
    """HTTP clients of the pages; every account has the password PASSWORD."""
    hashed = HASHER.hash(PASSWORD)
    with api.county.write() as session:
        for user in session.scalars(select(User)):
            user.password_hash = hashed
        happened(session, api.now)

    def arrive(name: str | None = None, address: str = "127.0.0.1") -> Visitor:
        visitor = Visitor(api, address)
        if name is not None:
            assert visitor.enter(name).status_code == 302
        return visitor

    return arrive


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this process; each test opens its own windows."""
    with installed_chromium() as launched:
        yield launched


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    return Api(settle_county(engine), database_url, tmp_path / "files")


@pytest.fixture
def filed_county(engine: Engine) -> County:
    """A small county with one open ticket, of the water bureau."""
    made = settle_county(engine)
    made.file()
    return made


@pytest.fixture
def filed_pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    """The pages of a small county with one open ticket, of the water bureau."""
    with open_pages(engine, database_url, tmp_path) as opened:
        opened.county.file()
        yield opened
