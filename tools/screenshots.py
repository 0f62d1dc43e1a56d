"""Screenshots (`make screenshots`): each role's home page and a ticket with a history, wide and narrow.

The demo county is simulated in a temporary database up to a fixed moment, so the pictures change only with the pages.
"""

import json
import secrets
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, func, select

import worker
from models import (
    AccountabilityCase,
    Checkup,
    Delivery,
    Event,
    Household,
    Matter,
    Member,
    Paper,
    PaperAct,
    Ticket,
    Unit,
    User,
)
from models.engine import make_engine, reading, writing
from models.schema import create_schema
from notifications.letters import Letter, Sender, mail
from settings import ROOT, default_scheme, settings
from simulation import demo
from simulation.demo import Scale
from tools import help_pictures
from tools.browser import chromium, find_chromium, serving
from web.app import create_app
from workflow.actors import system
from workflow.adoption.scheme_storing import install
from workflow.county.accounts import set_password
from workflow.county.vault import Vault
from workflow.policy.scheme.reader import read_scheme
from workflow.policy.worktime import SHANGHAI

TARGET = ROOT / "docs" / "screenshots"
#: A Thursday afternoon, ten days after the notice.
NOW = datetime(2018, 11, 22, 15, 20, tzinfo=SHANGHAI)
WIDTHS = (1280, 360)
#: Pixels; what is below repeats what is above.
HIGHEST_LIST, HIGHEST_TICKET = 1600, 2400
Accounts = dict[str, tuple[str, str]]
_HASHER = PasswordHasher()


def settle(
    folder: Path, days: int = 60, households: int = 800, hash_password: Callable[[str], str] = _HASHER.hash
) -> tuple[Engine, Accounts]:
    """Simulates the county up to NOW; returns the engine and the (name, password) of one person per role."""
    engine = make_engine(f"sqlite:///{folder / 'county.db'}", settings().data_key)
    create_schema(engine)
    with writing(engine) as session:
        install(session, read_scheme(default_scheme()), NOW.year, NOW)
    passwords = demo.run(
        engine,
        folder / "files",
        NOW,
        Scale(days=days, seed=1, households=households),
        hash_password=hash_password,
        progress=lambda day, of: None,
        vault=Vault(settings().data_key),
    )
    for job in (worker.sweep_once, worker.dispatch_events, worker.seal, worker.audit):
        job(engine, lambda: NOW)
    return engine, {role: (name, password) for role, name, password in passwords} | _busiest(engine, hash_password)


def _busiest(engine: Engine, hash_password: Callable[[str], str]) -> Accounts:
    """The village cadre, the town and the bureau with the most open tickets."""
    accounts, password = {}, secrets.token_urlsafe(9)
    hashed = hash_password(password)
    with writing(engine) as session:
        for role, where, whose in (
            ("village", Ticket.in_village_id, User.village_id),
            ("town", Ticket.holder_unit_id, User.unit_id),
            ("bureau", Ticket.holder_unit_id, User.unit_id),
        ):
            user = session.scalars(
                select(User)
                .join(Ticket, where == whose)
                .where(User.role == role, Ticket.ended_at.is_(None))
                .group_by(User.id)
                .order_by(func.count().desc(), User.id)
                .limit(1)
            ).one()
            set_password(session, system(), user, hashed, NOW)
            accounts[role] = (user.name, password)
    return accounts


def telling(engine: Engine) -> str:
    """The number of the open ticket with the longest history, preferably declined, ruled upon and late."""
    with reading(engine) as session:
        events = select(func.count()).where(Event.subject_type == "ticket", Event.subject_id == Ticket.id)
        fought = select(Event.subject_id).where(
            Event.subject_type == "ticket", Event.action.in_(("uphold", "reassign"))
        )
        return (
            session.scalars(
                select(Ticket)
                .where(Ticket.ended_at.is_(None))
                .order_by(
                    Ticket.id.in_(fought).desc(),
                    (Ticket.due_at < NOW).desc(),
                    events.scalar_subquery().desc(),
                    Ticket.id,
                )
                .limit(1)
            )
            .one()
            .number
        )


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    """Signs in through the page."""
    page.goto(f"{address}/sign-in")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


def shoot(page: Page, target: Path, highest: int) -> None:
    """Takes the whole page, at most `highest` pixels high."""
    assert page.viewport_size is not None
    width = page.viewport_size["width"]
    height = min(page.evaluate("document.documentElement.scrollHeight"), highest)
    page.screenshot(path=target, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
    # Pages have few colours: a palette takes a third of the bytes.
    with Image.open(target) as picture:
        small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


def _pages(engine: Engine) -> list[tuple[str, str, str]]:
    """The further pages: (role, name of the picture, address)."""
    with reading(engine) as session:
        latest = session.scalars(select(Checkup).where(Checkup.source == "visit").order_by(Checkup.id.desc())).first()
        seen = session.get_one(Household, latest.household_id) if latest else None
        case = session.scalars(select(AccountabilityCase.id).where(AccountabilityCase.state == "heard")).first()
        matter = session.scalars(select(Matter.id).where(Matter.ended_at.is_(None)).order_by(Matter.id)).first()
        answered = select(PaperAct.paper_id).where(PaperAct.act == "answer")
        paper = session.scalars(select(Paper.number).where(Paper.id.in_(answered)).order_by(Paper.id.desc())).first()
        died = select(Member.household_id).where(Member.end_reason == "died")
        family = select(Household.code).where(Household.id.in_(died), Household.people > 1).order_by(Household.id)
        bereaved = session.scalars(family).first()
        heirs = select(Unit.successor_id).where(Unit.successor_id.is_not(None), Unit.type == "bureau")
        heir = session.scalars(select(Unit.code).where(Unit.id.in_(heirs))).first()
    home = f"/households/{seen.code}" if seen else "/households"
    return [
        ("office", "ticket", f"/tickets/{telling(engine)}"),
        ("office", "board", "/board"),
        ("office", "calendar", "/calendar"),
        ("office", "schemes", "/schemes"),
        ("office", "duties", "/duties"),
        ("town", "duties-town", "/duties"),
        ("office", "household", home),
        ("office", "exit", f"{home}/exit"),
        ("office", "family", f"/households/{bereaved}/family" if bereaved else home),
        ("office", "unit-reformed", f"/units/{heir}" if heir else "/units"),
        ("office", "reforms", "/reforms"),
        ("office", "candidates", "/candidates"),
        ("office", "lists", "/bulk-lists"),
        ("office", "posts", "/posts"),
        ("office", "matter", f"/matters/{matter}" if matter else "/matters"),
        ("office", "imports", "/imports"),
        ("office", "papers", "/papers"),
        ("office", "paper", f"/papers/{paper}" if paper else "/papers"),
        ("town", "visits", "/visits"),
        ("village", "households", "/households"),
        ("office", "units", "/units"),
        ("office", "deliveries", "/deliveries"),
        ("office", "inbox", "/inbox"),
        ("office", "preferences", "/preferences"),
        ("inspectorate", "signals", "/signals"),
        ("inspectorate", "trail", "/trail"),
        ("leaders", "cases", "/cases"),
        ("leaders", "case", f"/cases/{case}" if case else "/cases"),
    ]


def _pictures(browser: Browser, address: str, accounts: Accounts, pages: list[tuple[str, str, str]]) -> None:
    for width in WIDTHS:
        for role, (name, password) in accounts.items():
            context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
            page = context.new_page()
            sign_in(page, address, name, password)
            shoot(page, TARGET / f"home-{role}-{width}.png", HIGHEST_LIST)
            for whose, picture, path in pages:
                if whose == role:
                    page.goto(f"{address}{path}")
                    shoot(page, TARGET / f"{picture}-{width}.png", HIGHEST_TICKET)
            if role == "village":
                _checkup(page, address, width)
            if role == "office":
                _in_english(page, address, width)
            context.close()


def _in_english(page: Page, address: str, width: int) -> None:
    """Notification pages in English."""
    page.goto(f"{address}/preferences")
    page.locator(".x-language").click()
    for picture in ("inbox", "preferences"):
        page.goto(f"{address}/{picture}")
        shoot(page, TARGET / f"{picture}-en-{width}.png", HIGHEST_LIST)
    # The language belongs to the account, not the browser, so it is set back.
    page.locator(".x-language").click()


def _digest_mail(browser: Browser, engine: Engine) -> None:
    """The morning digest with the most items, in both languages, at phone and desktop width."""
    with reading(engine) as session:
        rows = session.scalars(select(Delivery).where(Delivery.kind == "digest")).all()
    if not rows:
        return
    row = max(rows, key=lambda entry: len(json.dumps(entry.params)))
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 400})
        for language in ("zh_Hans", "en"):
            letter = Letter(row.id, row.key, "a@b.example", "", row.kind, row.params, language, row.created_at)
            body = mail(letter, Sender("https://xiaohao.example", "xiaohao@xiaohao.example")).get_body(("html",))
            assert body is not None
            page.set_content(body.get_content())
            shoot(page, TARGET / f"digest-{language.split('_')[0]}-{width}.png", HIGHEST_LIST)
        page.close()


def _checkup(page: Page, address: str, width: int) -> None:
    """The visit form of the household that has waited longest, or of the village's first, empty and with a missing entry."""
    page.goto(f"{address}/visits")
    due = page.locator("a[href$='/checkup']")
    if due.count():
        due.first.click()
    else:
        page.goto(f"{address}/households")
        page.goto(f"{address}{page.locator('.x-list a').first.get_attribute('href')}/checkup")
    shoot(page, TARGET / f"checkup-{width}.png", HIGHEST_TICKET)
    page.locator("label.btn-outline-danger").first.click()
    shoot(page, TARGET / f"checkup-unmet-{width}.png", HIGHEST_TICKET)


def main() -> int:
    path = find_chromium()
    if path is None:
        sys.stderr.write("Chromium is not installed; with it this takes the pictures.\n")
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, accounts = settle(folder)
        app = create_app(
            DATABASE_URL=engine.url.render_as_string(),
            FILES=folder / "files",
            CLOCK=lambda: NOW,
            YEAR=NOW.year,
            REACHES=("email", "sms"),
        )
        with serving(app) as address, chromium(path) as browser:
            _pictures(browser, address, accounts, _pages(engine))
            _digest_mail(browser, engine)
        engine.dispose()
    help_pictures.draw(TARGET, ROOT / "static" / "help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
