"""Simulated county behind a server: a copy of the settled one, as its people see it on its last day."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser
from sqlalchemy import select

from models import Household, User
from models.engine import make_engine
from settings import DEVELOPMENT_SECRET
from tests.support.apps import strict
from tests.support.browser import Site, give_passwords
from tests.support.factories import County
from tools.browser import serving
from tools.screenshots import NOW
from web.app import create_app


@contextmanager
def simulated_site(browser: Browser, settled: Path, folder: Path) -> Iterator[Site]:
    """Serves a copy of the settled county, made in `folder`."""
    shutil.copytree(settled, folder)
    engine = make_engine(f"sqlite:///{folder / 'county.db'}", DEVELOPMENT_SECRET)
    give_passwords(engine)
    app = strict(
        create_app(
            DATABASE_URL=engine.url.render_as_string(),
            FILES=folder / "files",
            CLOCK=lambda: NOW,
            YEAR=NOW.year,
            REACHES=("email", "sms"),
        )
    )
    with serving(app) as address:
        yield Site(County(engine), address, browser, {}, app=app)
    app.extensions["xiaohao"].engine.dispose()
    engine.dispose()


def person(site: Site, role: str) -> tuple[str, str | None]:
    """A person of the role who has tickets: sign-in name, and a household to file for."""
    with site.county.read() as session:
        row = session.execute(
            select(User.name, Household.code)
            .outerjoin(Household, Household.village_id == User.village_id)
            .where(User.role == role, User.active)
            .order_by(Household.code.is_(None), User.id)
        ).first()
    assert row is not None
    return row[0], row[1]
