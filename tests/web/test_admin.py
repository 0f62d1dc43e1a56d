"""The administrator's list of accounts: found by part of a name, in its order, fifty to a page."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select

from models import User
from tests.support.factories import START
from tests.support.http_clients import Api

pytestmark = pytest.mark.one_database("sqlite")

OTHERS = [f"m{number:02d}" for number in range(60)]


@pytest.fixture
def accounts(api: Api) -> Api:
    """Sixty accounts beside those of the county, one with signs in its names that a search could take for any."""
    named = {name: f"代表{name[1:]}" for name in OTHERS} | {
        "x%1": "甲乙",
        "x_1": "丙%丁",
        "xa1": "戊_己",
        "xb1": "庚\\辛",
    }
    with api.county.write() as session:
        session.add_all(
            User(name=name, display_name=called, role="admin", active=True, created_at=START)
            for name, called in named.items()
        )
    return api


def page(api: Api, query: str) -> tuple[list[str], str | None]:
    """The accounts on a page, and the last of them where another page follows."""
    answer = api.client.get(f"/users?{query}", headers={"Authorization": f"Bearer {api.tokens['admin']}"})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    following = re.search(r'href="/users\?after=([^"&]+)', text)
    return re.findall(r"<summary><strong>[^<]*</strong> (\S+)", text), following[1] if following else None


def test_an_account_is_found_by_part_of_either_name_and_a_sign_stands_for_itself(accounts: Api) -> None:
    found = {text: page(accounts, f"q={quote(text)}")[0] for text in ("m3", "表0", "%", "_", "\\", "乙", "nobody")}
    assert found == {
        "m3": [name for name in OTHERS if name.startswith("m3")],
        "表0": [name for name in OTHERS if name.startswith("m0")],
        "%": ["x%1", "x_1"],
        "_": [*sorted(name for name in accounts.tokens if "_" in name), "x_1", "xa1"],
        "\\": ["xb1"],
        "乙": ["x%1"],
        "nobody": [],
    }


def test_the_accounts_are_sorted_and_none_is_lost_between_pages_of_equals(accounts: Api) -> None:
    with accounts.county.write() as session:
        for name in ("m07", "m31"):
            session.scalars(select(User).where(User.name == name)).one().active = False
        users = session.scalars(select(User)).all()
        keys: dict[str, dict[str, tuple[Any, str]]] = {
            "role": {user.name: (user.role, user.name) for user in users},
            "closed": {user.name: (user.active, user.name) for user in users},
            "unit": {user.name: (user.unit_id or 0, user.name) for user in users},
            "person": {user.name: (user.display_name, user.name) for user in users},
        }
    for sort, key in keys.items():
        found, after = page(accounts, f"sort={sort}")
        while after is not None:
            rows, after = page(accounts, f"sort={sort}&after={after}")
            found += rows
        assert found == sorted(key, key=lambda name, key=key: key[name]), sort
    assert page(accounts, "sort=password_hash") == page(accounts, "")
    assert page(accounts, "sort=closed&after=nobody")[0] == []


def test_the_accounts_stand_by_name_fifty_to_a_page_and_none_is_lost_between_pages(accounts: Api) -> None:
    every = sorted([*accounts.tokens, *OTHERS, "x%1", "x_1", "xa1", "xb1"])
    first, last = page(accounts, "")
    assert (first, last) == (every[:50], every[49])
    assert page(accounts, f"after={last}") == (every[50:100], every[99] if len(every) > 100 else None)
