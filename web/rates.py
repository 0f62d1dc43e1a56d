"""Rates: how often a person, and an address, may ask for what costs: files, papers, searches, sign-ins, runs of verify.

Counted in the memory of each process that serves people, on the county's clock; the numbers are a setting.  Guesses of
passwords and codes are bounded in the database instead (`refusals`), exactly, for all processes.
"""

import hashlib
import re
import threading
from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

from flask import Flask, current_app, request
from flask_limiter import ApplicationLimit, Limiter
from flask_login import current_user
from limits.storage import Storage

from web import db, known_browser, refusals

#: An address may ask for so many times what a person may: a town hall, or a county behind its proxy, shares one.
AN_ADDRESS = 20
#: Routes whose address does not say what they answer with.
BY_ENDPOINT = {
    "pages.trail_export": "exports",
    "pages.print_slips": "papers",
    "pages.plan_pack": "exports",
    "pages.bring_pages": "search",
    "pages.search_households": "search",
    "pages.trail": "search",
    "api.list_trail": "search",
    "pages.verify": "verify",
    "pages.sign_on": "sign_in",
    "pages.sign_on_back": "sign_in",
    "api.ask_verification": "verify",
}
SIGN_INS = ("pages.sign_in", "pages.set_first_password", "pages.change_password")
_FILE = re.compile(r"[./](xlsx|csv|pdf|docx)$")
_KINDS = {"xlsx": "exports", "csv": "exports", "pdf": "papers", "docx": "papers"}
#: So many keys are held before what is over is looked for.
_KEYS = 10_000


class Rate(NamedTuple):
    """So many within so many minutes."""

    most: int
    minutes: int


class InMemory(Storage):
    """Counts of this process, by a clock that may be set."""

    STORAGE_SCHEME = ["county"]

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = _now()
        with self._lock:
            if len(self._counts) >= _KEYS:
                self._counts = {name: held for name, held in self._counts.items() if held[1] > now}
            count, over = self._counts.get(key, (0, 0.0))
            # A clock that was set back begins anew.
            if not now < over <= now + expiry:
                count, over = 0, now + expiry
            self._counts[key] = count + amount, over
            return count + amount

    def get(self, key: str) -> int:
        count, over = self._counts.get(key, (0, 0.0))
        return count if over > _now() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, _now()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count, self._counts = len(self._counts), {}
        return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)


def _now() -> float:
    return db.now().timestamp()


def kind_of(endpoint: str, rule: str, values: Mapping[str, object]) -> str | None:
    """What an address costs, by its route; None: nothing that is bounded here."""
    if endpoint in BY_ENDPOINT:
        return BY_ENDPOINT[endpoint]
    found = _FILE.search(rule)
    kind = found[1] if found else str(values.get("kind", "")) if rule.endswith((":kind>", "<kind>")) else ""
    return _KINDS.get(kind)


def _kind() -> str | None:
    """What this request costs."""
    endpoint, rule = request.endpoint or "", request.url_rule.rule if request.url_rule else ""
    if endpoint in SIGN_INS:
        return "sign_in" if request.method == "POST" else None
    kind = kind_of(endpoint, rule, request.view_args or {})
    return kind or ("search" if request.args.get("q") else None)


def _rate() -> Rate | None:
    rates: Mapping[str, Rate] = current_app.config["RATES"]
    return rates.get(_kind() or "")


def _a_person() -> str:
    rate = _rate()
    return f"{rate.most} per {rate.minutes} minutes" if rate else ""


def _an_address() -> str:
    rate = _rate()
    return f"{rate.most * AN_ADDRESS} per {rate.minutes} minutes" if rate else ""


def _person() -> str:
    """Who asks: the account, else the known browser, else the address."""
    if current_user.is_authenticated:
        return f"{_kind()} account {current_user.user.id}"
    mark, known = known_browser.of(request)
    who = f"browser {hashlib.sha256(mark.encode()).hexdigest()[:32]}" if known else _from()
    return f"{_kind()} {who}"


def _from() -> str:
    return f"address {refusals.address_of(request) or 'none'}"


def _address() -> str:
    return f"{_kind()} {_from()}"


def seconds_left(limiter: Limiter) -> int:
    """How long the one who was refused waits."""
    held = limiter.current_limit
    return max(1, ceil(held.window.reset_time - _now())) if held else 60


def init(app: Flask) -> Limiter:
    """Bound every request of the app."""
    bounds = [
        ApplicationLimit(limit_provider=_a_person, key_function=_person),
        ApplicationLimit(limit_provider=_an_address, key_function=_address, scope="address"),
    ]
    limiter = Limiter(_person, storage_uri="county://", strategy="fixed-window", application_limits=list(bounds))
    limiter.init_app(app)
    app.extensions["rates"] = limiter
    return limiter
