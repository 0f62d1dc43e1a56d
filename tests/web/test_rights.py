"""Rights: every route that names an object, asked for by every role about objects of its own and of others, answers as the SQL
of the rights oracle says.

Each person asks each door once, in turn about an object that the oracle allows and about one that it refuses, of those
there are; two people of a sort ask opposite ways.  What was changed on the way is put back before the next request.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from tests.support.db_copy import Restored
from tests.support.doors import DOORS, NO_OBJECT
from tests.support.full_county import Web, full_county, live
from tests.support.rare_objects import add_rare_objects
from tests.support.rights import OBJECTS, WHO, Door

pytestmark = pytest.mark.both_databases

#: In pairs of a sort; the last asks alone.
PEOPLE = (
    *("village", "far_village", "town", "other_town", "water", "power", "housing", "office", "leaders", "inspectorate"),
    "admin",
)
REFUSED = (403, 404)


def rules(web: Web) -> Iterator[tuple[Rule, str]]:
    """The routes with an argument that names an object, and a method of each."""
    for rule in web.app.url_map.iter_rules():
        # A form's address, asked for, leads back to its page, whatever it names.
        if rule.arguments and rule.endpoint not in NO_OBJECT and not rule.endpoint.startswith("pages.form at"):
            yield from ((rule, method) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def address(web: Web, rule: Rule, door: Door, of: str, inner: int | None) -> str:
    """The address of an object: the argument that the door does not name."""
    named: dict[str, Any] = {name: value for name, value in door.named.items() if name != "?"} | dict(
        rule.defaults or {}
    )
    if door.inner:
        named[door.inner] = str(inner)
    (own,) = sorted(rule.arguments - named.keys())
    with web.app.test_request_context():
        path = web.app.url_for(rule.endpoint, **(named | {own: of}))
    return f"{path}?{door.named['?']}" if "?" in door.named else path


def send(web: Web, client: Any, who: str, method: str, path: str, door: Door) -> int:
    """Send what the door is given; the status of the answer."""
    given: dict[str, Any] = {}
    said = {name: who if value == WHO else value for name, value in door.given.items()}
    if method != "GET" and door.files:
        given = {"data": {**said, "file": (io.BytesIO("现场".encode()), "现场.txt")}}
    elif method != "GET":
        given = {"json" if path.startswith("/api/") else "data": said}
    with closing(
        client.open(path, method=method, headers={"Authorization": f"Bearer {web.tokens[who]}"}, **given)
    ) as answer:
        return int(answer.status_code)


def chosen(web: Web, door: Door, turn: int, workbook: str) -> Iterator[tuple[str, str, int | None, bool]]:
    """For each person an object, and whether the oracle allows it."""
    objects = OBJECTS[door.of].format(workbook=workbook)
    inner = "o.inner_id" if door.inner else "NULL"
    query = (
        f"SELECT o.address, {inner}, CASE WHEN {door.may} THEN 1 ELSE 0 END "
        f"FROM ({objects}) o, user_account u WHERE u.name = :who"
    )
    with web.county.read() as session:
        for place, who in enumerate(PEOPLE):
            rows = session.execute(text(f"{query} ORDER BY o.address"), {"who": who}).all()
            assert rows, f"there is no {door.of}: teach `add_rare_objects` to make one"
            by_answer: dict[bool, Sequence[Any]] = {
                may: [row[:2] for row in rows if bool(row[2]) == may] for may in (True, False)
            }
            wanted = (turn + place) % 2 == 0
            may = wanted if by_answer[wanted] else not wanted
            yield who, *by_answer[may][turn % len(by_answer[may])], may


def ask(web: Web, client: Any, restored: Restored, workbook: str) -> list[str]:
    """Ask at every door; what was answered otherwise than the oracle says."""
    wrong = []
    for turn, (rule, method) in enumerate(sorted(rules(web), key=str)):
        for number, door in enumerate(DOORS[rule.endpoint]):
            if restored.sampled and (turn + number) % 12:
                continue
            for who, of, inner, may in chosen(web, door, turn + number, workbook):
                if may and method != "GET" and not restored.possible:
                    continue
                path = address(web, rule, door, of, inner)
                status = send(web, client, who, method, path, door)
                if method != "GET" and status < 400:
                    restored.put_back()
                if (status not in REFUSED) != may:
                    wrong.append(f"{who} {method} {path} {dict(door.given)}: {status}, but may: {may}")
                assert status < 500, (method, path, who)
    return wrong


@pytest.fixture
def web(engine: Engine, database_url: str, tmp_path: Path) -> Web:
    return full_county(engine, database_url, tmp_path / "files")


def test_every_route_answers_each_role_about_each_object_as_the_oracle_says(web: Web) -> None:
    workbook = live(web)["sha256"][0]
    add_rare_objects(web)
    assert sorted({rule.endpoint for rule, _ in rules(web)} ^ DOORS.keys()) == []
    client = web.app.test_client()
    # Two sessions of each, one of which can be ended; begun before anything is put back, since a session is kept.
    for _ in range(2):
        web.app.extensions.pop("opened_sessions", None)
        for who in PEOPLE:
            assert client.get("/sessions", headers={"Authorization": f"Bearer {web.tokens[who]}"}).status_code == 200
    with Restored(web.county.engine) as restored:
        assert "\n".join(ask(web, client, restored, workbook)) == ""
