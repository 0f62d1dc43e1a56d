"""The walk of figures: somebody opens the pages that are found from the first one on, and of each figure the list it counts."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag
from zlib import crc32

from flask.testing import FlaskClient

from tests.support.page_texts import PageText
from tests.support.thorough import tries
from web.shown_figures import SHOWN

#: Not opened: files, what ends a sign-in, and another language.
NO_PAGE = re.compile(r"\.(pdf|docx|xlsx|zip|jpg|png|csv)$|^/(sign-out|language|evidence|static|media)|/files?/")
#: Where a walk begins, and where those begin who find more than that.
STARTS = ("/", "/board", "/tickets")
MORE_STARTS = {"office": (*STARTS, "/setup", "/quota", "/posts", "/villages"), "admin": ("/users", "/robots")}
#: A ranking's figure or item of a town.
OF_A_TOWN = re.compile(r"^(/rankings/[^/]+/(?:items/)?[^/]+)/([^/?]+)")
#: What a code without a digit names: a unit, a household, and that town.
NAMED = (re.compile(r"(/(?:units|households))/[^/]+"), OF_A_TOWN)
#: So many pages of one kind are enough; of a ranking's figures so many of each measure, and one of each town.
OF_A_KIND = tries(2, 4)
#: And so many of a kind in all, however many kinds of pages lead there.
LED_TO = tries(4, 10_000)
#: So many figures of one name and one value are enough on one page: of 700 cells of a table most say 0.
ALIKE = tries(2, 10)
#: And so many of one name on all pages of a kind.
OF_A_NAME = tries(3, 10_000)
#: A term of a ranking's figure: its name, its count, and the rows that are named below it.
TERM = re.compile(
    r'data-term="([\w.]+)">\s*<h2[^>]*>[^<]*?(\d[\d,]*)[^<\d]*</h2>.*?<p class="x-keys">(.*?)</p>\s*</section>',
    re.DOTALL,
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
        if tag in ("ol", "tbody") and "data-list" in told:
            self._listed = 1
        elif tag in ("ol", "ul") and self._listed:
            self._listed += 1
        if tag in ("li", "tr") and self._listed == 1 and "x-row" in str(told.get("class", "")).split():
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
        if tag in ("ol", "ul", "tbody") and self._listed:
            self._listed -= 1

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        self._text += data


@dataclass
class Reader:
    """One person who reads pages, each address once.

    `counted` are the lengths of lists by address, shared by those who read the same rows: whoever comes first counts all of
    them, and another opens OF_A_KIND of each kind again.
    """

    client: FlaskClient
    token: str
    counted: dict[str, int] = field(default_factory=dict)
    known: dict[str, tuple[int, Read]] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)

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
        if address in self.counted and address not in self.known:
            kind = kind_of(address)
            self.again[kind] += 1
            if self.again[kind] > OF_A_KIND:
                return self.counted[address]
        rows, following = 0, address
        while following:
            status, page = self.read(following)
            assert status == 200, (following, status)
            rows, following = rows + page.rows, page.following or ""
        self.counted.setdefault(address, rows)
        return rows


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
            yield (
                term[1],
                int(term[2].replace(",", "")),
                len(re.findall(r"<(?:a|span)\b", term[3])) + (int(more[1]) - 1 if more else 0),
            )


def walk(person: Reader, starts: tuple[str, ...] = STARTS) -> Iterator[tuple[str, Read]]:
    """The pages that a person finds from the first one on, of each kind a few, and one from each kind of page.

    Of those who read the same rows, whoever comes later opens one of a kind.  Which of a kind are opened hangs on their
    addresses, not on their places: of every list the first would say little.
    """
    waiting, seen, kinds = [("", start) for start in starts], set[str](), dict[str, int]()
    linked, towns = set[tuple[str, str]](), set[str]()
    most = 1 if person.counted else OF_A_KIND
    while waiting:
        source, address = waiting.pop(0)
        kind, town = kind_of(address), OF_A_TOWN.match(address)
        known = (source, kind) in linked or kinds.get(kind, 0) >= LED_TO
        enough = kinds.get(kind, 0) >= most and known and (town is None or town[2] in towns)
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


def compared(person: Reader, starts: tuple[str, ...] = STARTS) -> tuple[int, list[tuple[str, str, str, str, int]]]:
    """How many figures open, and those that are not the length of their list; no page on the way says anything odd, and none
    counts other rows than it names."""
    wrong, opened, odd, named = [], 0, list[tuple[str, str]](), Counter[tuple[str, str]]()
    for address, page in walk(person, starts):
        # The trail, the accounts and the choice of a cadre name accounts, which look like codes.
        accounts = address.startswith(("/trail", "/cadres/households", "/users"))
        odd += [(address, line) for line in page.odd if not (accounts and line.startswith("a code"))]
        assert [term for term in page.terms if term[1] != term[2]] == [], address
        alike = Counter[tuple[str, str]]()
        for name, text, target in sorted(page.figures, key=lambda figure: crc32((figure[2] or "").encode())):
            assert name in SHOWN, (address, name)
            alike[name, text] += 1
            of_kind = (kind_of(address), name)
            if target is not None and alike[name, text] <= ALIKE and named[of_kind] < OF_A_NAME:
                opened += 1
                named[of_kind] += 1
                length = person.length(target)
                if not text.isdecimal() or int(text) != length:
                    wrong.append((address, name, text, target, length))
    assert odd == []
    return opened, wrong
