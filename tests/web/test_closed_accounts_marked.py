"""A closed account is marked wherever it still stands: on every page and in every answer of the API that anybody can read.

The person has never acted, so that the name stands nowhere as that of who did something once: wherever it occurs, it holds.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from models import Custody, Household, Ticket, User
from tests.support.factories import START, day
from tests.support.households import settle_register
from tests.support.http_clients import Api
from tests.support.posts import appoint
from workflow.actors import system
from workflow.county import accounts
from workflow.county.accounts import NewUser

pytestmark = pytest.mark.one_database("sqlite")

NAME = "柏立新"
#: The mark follows the name, or closes the short line that begins with it.
MARKED = re.compile(r"\s*（已停用）|[^，。]{0,30} · 账号已停用")
READERS = ("village", "town", "office", "inspectorate")
#: Values of arguments in addresses; what takes another has no standing person.
VALUES = {"number": "{ticket}", "code": "A1", "unit": "water", "village": "town-a-v1"}


@pytest.fixture
def api(engine: Engine, database_url: str, tmp_path: Path) -> Api:
    county = settle_register(engine)
    with county.write() as session:
        made = [
            accounts.create_user(
                session, system(), START, NewUser(name=name, role=role, unit=unit, village=village, display_name=NAME)
            )
            for name, role, unit, village in (
                ("left", "bureau", "water", None),
                ("gone", "village", "town-a", "town-a-v1"),
            )
        ]
        appoint(session, made[0], "leader", day(-1))
        appoint(session, made[0], "duty", day(-1))
    county.file()
    with county.write() as session:
        session.execute(
            update(Custody).where(Custody.ended_at.is_(None)).values(handler_id=made[0].id, leader_id=made[0].id)
        )
        session.execute(update(Household).where(Household.code == "A1").values(cadre_name=NAME, cadre_id=made[1].id))
        for one in made:
            session.get_one(User, one.id).active = False
    return Api(county, database_url, tmp_path / "files")


def addresses(api: Api) -> list[str]:
    """The addresses of all pages and lists, and of those of one ticket, household, unit and village."""
    with api.county.read() as session:
        number = session.scalars(select(Ticket)).one().number
    found = []
    for rule in api.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.endpoint.startswith(("pages.", "api.")):
            continue
        if rule.endpoint in ("pages.trail", "pages.verification", "api.list_trail"):
            # What happened once names who did it then.
            continue
        given = {
            name: VALUES[name].format(ticket=number)
            for name in rule.arguments
            if name in VALUES and rule._converters[name].regex != r"\d+"
        }
        if len(given) == len(rule.arguments):
            with api.app.test_request_context():
                found.append(api.app.url_for(rule.endpoint, _external=False, **given))
    return found


def unmarked_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of an answer that name the person without saying that the account is closed."""
    if isinstance(value, list):
        yield from (found for each in value for found in unmarked_in(each))
    elif isinstance(value, dict):
        named = [key for key, each in value.items() if each == NAME]
        if any(not (value.get("closed") or value.get(f"{key}_closed")) for key in named):
            yield value
        yield from (found for each in value.values() for found in unmarked_in(each))


def unmarked_on(page: str) -> Iterator[str]:
    """What stands around the person's name where no mark follows, in the text of a page."""
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for found in re.finditer(NAME, text):
        if not MARKED.match(text, found.end()):
            yield text[max(0, found.start() - 60) : found.end() + 60]


def test_a_closed_account_is_marked_wherever_it_stands(api: Api) -> None:
    seen: set[str] = set()
    unmarked: list[Any] = []
    for path in addresses(api):
        for who in READERS:
            answer = api.client.get(path, headers={"Authorization": f"Bearer {api.tokens[who]}"})
            said = answer.get_data().decode("utf-8", "replace")
            found = unmarked_in(json.loads(said)) if answer.is_json else unmarked_on(said)
            unmarked += [(path, who, each) for each in found]
            if NAME in said or NAME in json.dumps(answer.json if answer.is_json else "", ensure_ascii=False):
                seen.add(path)
            answer.close()
    assert unmarked == []
    assert {"/visits", "/posts", "/cadres", "/households/A1"} <= seen, "the walk meets the person"
