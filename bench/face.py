"""Work in the hand: taps, characters, page loads, KB and seconds of the daily tasks, on a phone with a slow line.

The phone has 360 × 740 pixels, a processor four times slower than this machine's, and a line of 400 kbit/s either way with
400 ms a round trip; its reader has been there before, so files of the product are kept.  No time is spent on thinking.
"""

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Request
from sqlalchemy import Engine

from bench.face_county import DESCRIPTION, PASSWORD, People, people_of
from bench.report import Line, table
from tools.browser import chromium, find_chromium, serving
from tools.screenshots import NOW, settle, sign_in
from web.app import create_app

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
#: Bytes a second, milliseconds, and how many times slower than this machine.
RATE, LATENCY, SLOWER = 50_000, 400, 4
#: In milliseconds.
PATIENCE = 180_000
HEAD: Line = ("task", "taps", "characters", "loads", "KB received", "KB sent", "seconds")


class Hand:
    """A person's phone, which counts what is done with it and what it loads."""

    def __init__(self, page: Page, seconds: Callable[[], float] = time.monotonic) -> None:
        self.page = page
        self._seconds = seconds
        self._line = page.context.new_cdp_session(page)
        self._line.send("Network.enable")
        self._line.on("Network.loadingFinished", self._received)
        page.on("request", self._asked)
        self.restart()

    def restart(self) -> None:
        """Counts from here."""
        self.taps = self.characters = self.loads = self.received = self.sent = 0
        self._began = self._seconds()

    def throttle(self) -> None:
        """From here on the line and the processor are slow."""
        condition = {"offline": False, "latency": LATENCY, "downloadThroughput": RATE, "uploadThroughput": RATE}
        self._line.send("Network.emulateNetworkConditions", condition)
        self._line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()

    def write(self, what: Locator, words: str) -> None:
        """Taps an input and types."""
        self.taps += 1
        self.characters += len(words)
        what.fill(words)

    def choose(self, what: Locator, value: str) -> None:
        """Opens a list and taps a line of it."""
        self.taps += 2
        what.select_option(value)

    def photograph(self, what: Locator, picture: Path) -> None:
        """Taps the button for photos; what the camera asks for is its own.

        A file by its path, as a camera hands it over: bytes would be written by the page's own slowed processor.
        """
        self.taps += 1
        what.set_input_files(picture)

    def line(self, task: str, seconds: float | None = None) -> Line:
        """The task's row."""
        took = self._seconds() - self._began if seconds is None else seconds
        figures = (self.taps, self.characters, self.loads, round(self.received / 1000), round(self.sent / 1000))
        return (task, *map(str, figures), f"{took:.1f}")

    def passed(self) -> float:
        """Seconds since the last restart."""
        return self._seconds() - self._began

    def _received(self, event: Any) -> None:
        self.received += event["encodedDataLength"]

    def _asked(self, request: Request) -> None:
        self.sent += len(request.post_data_buffer or b"")
        # A page, or a form that a script sends and whose answer is one.
        by_script = request.headers.get("x-requested-with") == "xiaohao" and request.method == "POST"
        self.loads += request.is_navigation_request() or by_script


def picture(megabytes: float, target: Path) -> Path:
    """A photo of this size, of 12 million pixels, as a phone's camera takes it."""
    noise = Image.effect_noise((4000, 3000), 40).convert("RGB")
    for quality in range(95, 20, -5):
        written = io.BytesIO()
        noise.save(written, "JPEG", quality=quality)
        if written.tell() <= megabytes * 1_000_000:
            break
    target.write_bytes(written.getvalue())
    return target


def checkup(hand: Hand, people: People) -> Iterator[Line]:
    """An all-well checkup with a photo of 6 MB, from the household's page to the server's yes."""
    page, photo = hand.page, people.photo
    page.goto(f"/households/{people.home}")
    hand.restart()
    hand.tap(page.locator(f"main a[href^='/households/{people.home}/checkup']").first)
    page.wait_for_url("**/checkup*")
    unseen = page.locator("fieldset.x-have:not(:has(input[type=radio]:checked)) label[for$='-met']")
    while unseen.count():
        hand.tap(unseen.first)
    hand.photograph(page.locator("input[name=photo]"), photo)
    hand.tap(page.locator(".x-send button"))
    # What it says while the form is not kept yet is no yes.
    notice = page.locator(".x-phone-notice").filter(has_text="已存本机")
    notice.or_(page.locator("main:not(:has(.x-send))")).first.wait_for()
    kept = hand.passed()
    page.wait_for_url("**/checkups/*")
    yield hand.line("all-well checkup with a photo of 6 MB: kept on the phone", kept)
    yield hand.line("the same: the server's yes")


def file_ticket(hand: Hand, people: People) -> Iterator[Line]:
    """Filing a ticket about a household, with a photo where the form takes one."""
    page, photo = hand.page, people.photo
    hand.restart()
    hand.tap(page.locator("a[href='/file']:visible").first)
    page.wait_for_url("**/file")
    home, kind = people.filings.pop()
    hand.tap(page.locator(f"a[href*='household={home}']").first)
    page.wait_for_url("**/file?*")
    hand.choose(page.locator("#kind"), kind)
    hand.write(page.locator("#description"), DESCRIPTION)
    files = page.locator("form#asked input[type=file]")
    takes_photos = files.count() > 0
    if takes_photos:
        hand.photograph(files.first, photo)
    hand.tap(page.locator("button[name=send]"))
    page.get_by_text("已上报。").wait_for()
    yield hand.line("filing, " + ("with a photo of 6 MB" if takes_photos else "without a photo"))


def endorse(hand: Hand, people: People) -> Iterator[Line]:
    """Five filings of a village endorsed by its town."""
    page = hand.page
    hand.restart()
    hand.tap(page.locator("a[href*='/tickets?mine=1']:visible").first)
    page.wait_for_url("**/tickets?mine=1*")
    boxes = page.locator("#rows input[type=checkbox][name=t]")
    if boxes.count():
        for number in people.reported:
            hand.tap(page.locator(f"#rows li:has(a[href='/tickets/{number}']) .x-tick"))
        hand.tap(page.locator("#rows button[value=endorse]"))
        page.locator(".x-outcomes, .alert").first.wait_for()
    for number in () if boxes.count() else people.reported:
        hand.tap(page.locator(f"a[href='/tickets/{number}']").first)
        act(hand, "核实上报")
        hand.tap(page.locator("a[href*='/tickets?mine=1']:visible").first)
        page.wait_for_url("**/tickets?mine=1*")
    yield hand.line("endorsing five filings")


def confirm(hand: Hand, people: People) -> Iterator[Line]:
    """A resolved ticket confirmed on the spot, with a photo."""
    page, photo = hand.page, people.photo
    page.goto("/")
    hand.restart()
    hand.tap(page.locator("a[href*='/tickets?mine=1']:visible").first)
    page.wait_for_url("**/tickets?mine=1*")
    hand.tap(page.locator(f"a[href='/tickets/{people.resolved}']").first)
    act(hand, "核验通过", photo, people.day)
    yield hand.line("confirming on the spot, with a photo of 6 MB")


def supplement(hand: Hand, people: People) -> Iterator[Line]:
    """A returned filing completed by its village and filed again."""
    page = hand.page
    page.goto("/")
    hand.restart()
    hand.tap(page.locator("a[href*='/tickets?mine=1']:visible").first)
    page.wait_for_url("**/tickets?mine=1*")
    hand.tap(page.locator(f"a[href='/tickets/{people.returned}']").first)
    act(hand, "补充后再报")
    yield hand.line("completing a returned filing")


def search(hand: Hand, people: People) -> Iterator[Line]:
    """A household found by a part of its code."""
    page = hand.page
    page.goto("/households")
    hand.restart()
    hand.write(page.locator("input[name=q]"), people.home[-4:])
    found = page.locator(f"#list a[href='/households/{people.home}']")
    if not page.locator("input[name=q][hx-get]").count():
        hand.tap(page.locator("form[role=search] button").first)
        page.wait_for_url("**q=*")
    found.first.wait_for()
    yield hand.line("finding a household by a part of its code")


def act(hand: Hand, label: str, photo: Path | None = None, day: str = "", words: str = "") -> None:
    """Opens an action on a ticket's page, fills in what it requires, and waits for the yes."""
    page = hand.page
    opener = page.locator(f"summary:text-is('{label}'), .x-at-once > button:text-is('{label}')")
    block = page.locator("details.x-action, .x-at-once").filter(has=opener)
    block.wait_for()
    # What asks for nothing is a button without a fold.
    if block.evaluate("block => block.tagName === 'DETAILS' && !block.open"):
        hand.tap(block.locator(":scope > summary"))
    date = block.locator("input[type=date]")
    if date.count() and not date.first.input_value():
        hand.write(date.first, day)
    if words:
        hand.write(block.locator("textarea").first, words)
    files = block.locator("input[type=file]")
    if photo and files.count():
        hand.photograph(files.first, photo)
    hand.tap(block.locator("button:not([type=button])").first)
    page.get_by_text("已办理。").wait_for()


TASKS: tuple[tuple[str, Callable[[Hand, People], Iterator[Line]]], ...] = (
    ("village", checkup),
    ("village", file_ticket),
    ("village", supplement),
    ("village", search),
    ("town", endorse),
    ("confirmer", confirm),
)


@contextmanager
def phone(browser: Browser, address: str, name: str, slow: bool = True) -> Iterator[Hand]:
    """A person's phone, signed in, on the first page."""
    context = browser.new_context(base_url=address, **PHONE)
    context.set_default_timeout(PATIENCE)
    hand = Hand(context.new_page())
    sign_in(hand.page, address, name, PASSWORD)
    hand.page.goto("/")
    hand.page.wait_for_load_state("networkidle")
    if slow:
        hand.throttle()
    yield hand
    context.close()


def measured(engine: Engine, files: Path) -> Iterator[Line]:
    """The rows of all tasks, in a county that is settled here."""
    people = people_of(engine)
    people.photo = picture(6, files.parent / "photo.jpg")
    path = find_chromium()
    if path is None:
        raise SystemExit("Chromium is not installed.")
    app = create_app(DATABASE_URL=engine.url.render_as_string(), FILES=files, CLOCK=lambda: NOW, YEAR=NOW.year)
    with serving(app) as address, chromium(path) as browser:
        _prepare(browser, address, people)
        for role, task in TASKS:
            with phone(browser, address, people.names[role]) as hand:
                yield from task(hand, people)


def _prepare(browser: Browser, address: str, people: People) -> None:
    """A checkup, so that the next one finds what was seen last; six filings of the village, of which its town returns one."""
    with phone(browser, address, people.names["village"], slow=False) as hand:
        list(checkup(hand, people))
        hand.page.goto("/")
        for _ in range(6):
            list(file_ticket(hand, people))
            people.reported.append(hand.page.url.rsplit("/", 1)[1])
            hand.page.goto("/")
    people.returned = people.reported.pop()
    with phone(browser, address, people.names["town"], slow=False) as hand:
        hand.page.goto(f"/tickets/{people.returned}")
        act(hand, "退回补充", words=DESCRIPTION)


def run() -> None:
    """Prints the table of `docs/face.md`."""
    with tempfile.TemporaryDirectory(prefix="xiaohao-face-") as name:
        folder = Path(name)
        engine, _ = settle(folder, days=14, households=100)
        table("In the hand", measured(engine, folder / "files"), HEAD)
        engine.dispose()
