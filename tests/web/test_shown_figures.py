"""Every figure of every role's pages is opened and compared with its list; no link of any page ends in a refusal."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag
from zlib import crc32

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from models import Ticket, User
from models.engine import writing
from tests.support.apps import strict
from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.lived_county import lived_county
from tests.support.page_texts import PageText
from tools.screenshots import NOW
from web.app import create_app
from web.shown_figures import SHOWN
from workflow.county import accounts

#: The roles with a unit of their own; those that read the whole county are walked in the lived county below.
ROLES = ("village", "town", "bureau")
#: Not opened: files, what ends a sign-in, and another language.
NO_PAGE = re.compile(r"\.(pdf|docx|xlsx|zip|jpg|png|csv)$|^/(sign-out|language|evidence|static|media)|/files?/")
#: A ranking's figure or item of a town.
OF_A_TOWN = re.compile(r"^(/rankings/[^/]+/(?:items/)?[^/]+)/([^/?]+)")
#: What a code without a digit names: a unit, a household, and that town.
NAMED = (re.compile(r"(/(?:units|households))/[^/]+"), OF_A_TOWN)
#: So many pages of one kind are enough; of a ranking's figures so many of each measure, and one of each town.
OF_A_KIND = 4
#: A term of a ranking's figure: its name, its count, and the rows that are named below it.
TERM = re.compile(
    r'data-term="([\w.]+)">\s*<h2[^>]*>[^<]*?(\d+)</h2>.*?<p class="x-keys">(.*?)</p>\s*</section>', re.DOTALL
)
#: Terms that are no count of the rows below them: of entries the duties are named.
NO_ROWS = ("entries.", "reported.")


@dataclass
class Read(PageText):
    """A page as read: its links, its figures with the list each opens, and the rows of its own list."""

    links: list[str] = field(default_factory=list)
    figures: list[tuple[str, str, str | None]] = field(default_factory=list)
    rows: int = 0
    following: str | None = None
    odd: list[str] = field(default_factory=list)
    terms: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._address: str | None = None
        self._figure: tuple[str, str | None, str] | None = None
        self._listed = self._depth = 0
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self._address, self._text = str(told["href"]), ""
            self.links.append(self._address)
        if "data-figure" in told:
            self._figure = (str(told["data-figure"]), self._address, tag)
            self._text = ""
        if tag == "ol" and "data-list" in told:
            self._listed = 1
        elif tag in ("ol", "ul") and self._listed:
            self._listed += 1
        if tag == "li" and self._listed == 1 and "x-row" in str(told.get("class", "")).split():
            self.rows += 1

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        if self._figure is not None and tag == self._figure[2]:
            name, address, _ = self._figure
            self.figures.append((name, self._text.strip(), address))
            self._figure = None
        if tag == "a":
            if self._address and self._text.strip() in ("下一页", "Next page"):
                self.following = self._address
            self._address = None
        if tag in ("ol", "ul") and self._listed:
            self._listed -= 1

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        self._text += data


@dataclass
class Reader:
    """One person who reads pages, each address once."""

    client: FlaskClient
    token: str
    known: dict[str, tuple[int, Read]] = field(default_factory=dict)

    def read(self, address: str) -> tuple[int, Read]:
        if address not in self.known:
            answer = self.client.get(address, follow_redirects=True, headers={"Authorization": f"Bearer {self.token}"})
            page = Read()
            if answer.mimetype == "text/html":
                whole = answer.get_data(as_text=True)
                page.feed(whole)
                page.odd, page.terms = page.oddities(), list(terms(whole))
            self.known[address] = (answer.status_code, page)
        return self.known[address]

    def length(self, address: str) -> int:
        """The rows of a list, over all its pages."""
        rows, following = 0, address
        while following:
            status, page = self.read(following)
            assert status == 200, (following, status)
            rows, following = rows + page.rows, page.following or ""
        return rows


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


def kind_of(address: str) -> str:
    """Addresses that differ in numbers, codes and values only are of one kind."""
    path, _, query = address.partition("?")
    names = sorted(re.findall(r"(\w+)=", query))
    for named in NAMED:
        path = named.sub(r"\1/#", path)
    return re.sub(r"[^/]*[\d:%][^/]*", "#", path) + "?" + "&".join(names)


def terms(page: str) -> Iterator[tuple[str, int, int]]:
    """The terms of a ranking's figure that count rows, each with its count and the number of rows named below it."""
    for section in page.split("<section ")[1:]:
        if (term := TERM.search(section)) and not term[1].startswith(NO_ROWS):
            more = re.search(r'data-more="(\d+)"', term[3])
            yield term[1], int(term[2]), len(re.findall(r"<(?:a|span)\b", term[3])) + (int(more[1]) - 1 if more else 0)


def walk(person: Reader, starts: tuple[str, ...] = ("/", "/board", "/tickets")) -> Iterator[tuple[str, Read]]:
    """The pages that a person finds from the first one on, of each kind a few, and one from each kind of page.

    Which of a kind are opened hangs on their addresses, not on their places: of every list the first would say little.
    """
    waiting, seen, kinds = [("", start) for start in starts], set[str](), dict[str, int]()
    linked, towns = set[tuple[str, str]](), set[str]()
    while waiting:
        source, address = waiting.pop(0)
        kind, town = kind_of(address), OF_A_TOWN.match(address)
        enough = kinds.get(kind, 0) >= OF_A_KIND and (source, kind) in linked and (town is None or town[2] in towns)
        if address in seen or NO_PAGE.search(address.partition("?")[0]) or enough:
            continue
        seen.add(address)
        linked.add((source, kind))
        towns |= {town[2]} if town else set()
        kinds[kind] = kinds.get(kind, 0) + 1
        status, page = person.read(address)
        assert status < 400, (address, source)
        if status == 200:
            yield address, page
            links = {urldefrag(link)[0] for link in page.links if link.startswith("/")} - {"/"}
            waiting += [(kind, link) for link in sorted(links, key=lambda link: crc32(link.encode()))]


def compared(person: Reader) -> tuple[int, list[tuple[str, str, str, str, int]]]:
    """How many figures open, and those that are not the length of their list; no page on the way says anything odd, and none
    counts other rows than it names."""
    wrong, opened, odd = [], 0, list[tuple[str, str]]()
    for address, page in walk(person):
        # The trail and the choice of a cadre name accounts, which look like codes.
        accounts = address.startswith(("/trail", "/cadres/households"))
        odd += [(address, line) for line in page.odd if not (accounts and line.startswith("a code"))]
        assert [term for term in page.terms if term[1] != term[2]] == [], address
        for name, text, target in page.figures:
            assert name in SHOWN, (address, name)
            if target is not None:
                opened += 1
                length = person.length(target)
                if not text.isdecimal() or int(text) != length:
                    wrong.append((address, name, text, target, length))
    assert odd == []
    return opened, wrong


@pytest.mark.parametrize("role", ROLES)
def test_every_figure_is_the_length_of_the_list_it_opens(app: Flask, role: str) -> None:
    opened, wrong = compared(reader(app, role))
    assert wrong == []
    assert opened


def test_figures_and_lists_agree_on_either_database(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = lived_county(engine, tmp_path / "files")
    api = Api(county, database_url, tmp_path / "files")
    api.now = day(27)
    for who in ("village", "town", "water", "office", "leaders", "inspectorate"):
        opened, wrong = compared(Reader(api.client, api.tokens[who]))
        assert wrong == [], who
        assert opened, who


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
