"""Memory benchmark: resident memory of a web worker after repeated requests of every kind, beside the floor's."""

import http.client
import pickle
import re
import urllib.parse
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from bench import county as counties
from bench.databases import Databases
from bench.report import Line, table
from bench.serving import FLOOR, PRODUCT, Server, served
from models import User
from models.engine import make_engine, writing
from settings import DEVELOPMENT_SECRET
from web.auth import HASHER
from workflow.county import accounts

AIM = 90
PASSWORD = "only for this run"


def run(made: Databases, county: counties.County, base: str, folder: Path, quick: bool) -> None:
    """Runs section `memory`."""
    size = 200 if quick else 2_000
    pattern = folder / "pattern"
    pattern.write_bytes(pickle.dumps(county.life))
    where, number = county.households[0], 1
    names = [county.clerks[county.units["office"]], county.clerks[where.town_id], county.cadres[where.village_id]]
    urls = made.copy(base), made.copy(base)
    _give_passwords(urls[0], county, names)
    lines: list[Line] = []
    with (
        served(PRODUCT, urls[0], folder / "files", pattern) as product,
        served(FLOOR, urls[1], folder / "floor-files", pattern) as floor,
    ):
        fresh = max(product.resident()), max(floor.resident())
        filed = list(islice(counties.bodies(county), size))
        pages = [{"path": path, "token": county.tokens[name]} for name in names for path in ("/tickets", "/scheme")]
        for server in (product, floor):
            server.load("file", 16, filed)
            server.load("life", 4, list(islice(reversed_lives(county), size // 20)))
        product.load("get", 8, pages * (size // 20))
        for name in names:
            _browse(product, name, number, 10 if quick else 60)
        loaded = max(product.resident()), max(floor.resident())
    for what, (mine, theirs), aim in (("before any request", fresh, False), ("after load", loaded, True)):
        lines.append(
            (
                what,
                f"{mine:.0f} MB",
                f"{theirs:.0f} MB",
                f"{mine / theirs:.2f}",
                f"≤ {AIM} MB" if aim else "",
                "" if not aim else "met" if mine <= AIM else "NOT MET",
            )
        )
    for url in urls:
        made.drop(url)
    table(f"Memory of a web worker, resident, the larger of two, {made.kind}", lines)


def reversed_lives(county: counties.County) -> "islice[dict[str, str]]":
    """Ticket lives of the households that the filings reach last."""
    return islice(reversed(list(counties.lives(county))), None)


def _give_passwords(url: str, county: counties.County, names: list[str]) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    with writing(engine) as session:
        for user in session.scalars(select(User).where(User.name.in_(names))):
            # Set by the person: a password set by another would withdraw the token as well.
            accounts.set_password(session, county.people[user.name], user, HASHER.hash(PASSWORD), datetime.now(UTC))
    engine.dispose()


def _browse(server: Server, name: str, ticket: int, rounds: int) -> None:
    """Signs in through the page and reads pages, on several connections so that both workers serve some."""
    for _ in range(4):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/sign-in")
        answer = connection.getresponse()
        cookie = _cookie(answer)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
        if token is None:
            raise SystemExit("the sign-in page has no form token")
        form = urllib.parse.urlencode({"name": name, "password": PASSWORD, "csrf_token": token[1]})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie,
            "X-Forwarded-Proto": "https",
            "Referer": "https://127.0.0.1/sign-in",
            "Accept-Encoding": "gzip",
        }
        connection.request("POST", "/sign-in", form, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 302:
            raise SystemExit(f"signing in answered {answer.status}")
        cookie = _cookie(answer)
        for _ in range(rounds):
            for path in ("/", "/board", "/tickets", "/inbox"):
                connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 400:
                    raise SystemExit(f"{path} answered {answer.status}")
        connection.close()


def _cookie(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Set-Cookie") or "").split(";")[0]
