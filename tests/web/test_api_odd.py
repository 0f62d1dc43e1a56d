"""Odd API requests: each is answered with a sentence, none with a server error; nothing is open without a token."""

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from models import Evidence, IdempotencyKey, Ticket
from tests.support.factories import day
from tests.support.http_clients import Api
from tests.support.texts import SENTENCE
from workflow.paging import cursor_of

HUGE = 10**400
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    HUGE,
    1.5,
    float("inf"),
    float("nan"),
    "",
    "a\x00b",
    "\ud800",
    "x" * 200_000,
    "²",
    "9" * 30,
    "%(name)s {unit}",
    "\u202e😀",
    [],
    [["\ud800"]],
    [HUGE],
    ["²"],
    [None],
    {"\ud800": "\x00"},
    "0001-01-01",
    "9999-12-31",
)
BODIES: tuple[tuple[bytes, str], ...] = (
    (b"{", "application/json"),
    (b"[]", "application/json"),
    (b"null", "application/json"),
    (b'"x"', "application/json"),
    (b"\xff\xfe", "application/json"),
    (b'{"kind": "water"}', "text/plain"),
    (b'{"kind": "water"}', "application/x-www-form-urlencoded"),
    (b"kind=water", "application/x-www-form-urlencoded"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"--x\r\n", "multipart/form-data"),
    (b'{"kind": "\\ud800"}', "application/json; charset=utf-16"),
    (b"[" * 200_000, "application/json"),
    (b'{"a":' * 50_000, "application/json"),
    (b'{"version": ' + b"9" * 5000 + b"}", "application/json"),
    (b'{"kind": "water", "kind": "power"}', "application/json"),
    (b"\x00" * 100, "application/json"),
)


def sent(api: Api, who: str, method: str, path: str, data: bytes, content_type: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    return api.client.open(f"/api/v1{path}", method=method, data=data, content_type=content_type, headers=headers)


def refused(answer: Any) -> bool:
    """Whether the response is a refusal in machine-readable form, with a sentence."""
    if not 400 <= answer.status_code < 500 or answer.content_type != "application/problem+json":
        return False
    problem = json.loads(answer.get_data(as_text=True))
    return problem["status"] == answer.status_code and len(problem["detail"]) > 3


def routes(api: Api) -> Iterator[tuple[str, str]]:
    for rule in api.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule.removeprefix("/api/v1")


def test_every_route_but_the_description_asks_who_it_is(api: Api) -> None:
    number = api.file()
    asked = 0
    for method, rule in routes(api):
        path = rule.replace("<number>", number).replace("<code>", "A1").replace("<action>", "accept")
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<id:\w+>", "1", path))
        for headers in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic eDp5"}):
            answer = api.client.open(f"/api/v1{path}", method=method, json={}, headers=headers)
            if path == "/openapi.json":
                assert answer.status_code == 200
                continue
            assert (answer.status_code, refused(answer)) == (401, True), (method, path, headers)
            asked += 1
    assert asked >= 30
    assert api.county.ticket(1).state == "assigned"


def test_a_token_that_was_withdrawn_opens_nothing(api: Api) -> None:
    from models import ApiToken

    with api.county.write() as session:
        for row in session.scalars(select(ApiToken)):
            row.revoked_at = day(0)
    assert api.call("office", "GET", "/tickets").status_code == 401


def test_odd_bodies_are_refused_and_never_an_error_of_ours(api: Api) -> None:
    number = api.file()
    for method, rule in routes(api):
        if method != "POST" or "evidence" in rule:
            continue
        for action in ("accept", "decline", "resolve") if "<action>" in rule else ("",):
            path = re.sub(r"<id:\w+>", "1", rule.replace("<number>", number).replace("<action>", action))
            for data, content_type in BODIES:
                if b'"power"' in data and rule == "/route":
                    continue
                answer = sent(api, "town" if action == "" else "water", "POST", path, data, content_type)
                assert refused(answer), (path, data[:40], content_type, answer.status_code)
    assert api.county.ticket(1).state == "assigned"


def bodies(names: tuple[str, ...], plain: dict[str, Any]) -> Iterator[tuple[str, Any, bytes]]:
    for name in names:
        for value in ODD:
            yield name, value, json.dumps({**plain, name: value}).encode()


def test_odd_values_of_a_filing_are_refused_or_understood(api: Api) -> None:
    fields = ("household", "village", "kind", "cause", "description", "urgent", "\ud800", "\x00", "x" * 10_000)
    for path in ("/route", "/tickets"):
        for name, value, data in bodies(fields, {"household": "A1", "kind": "water"}):
            answer = sent(api, "town", "POST", path, data)
            understood = answer.status_code in (200, 201)
            assert refused(answer) or understood, (path, name, str(value)[:40], answer.status_code)


@pytest.mark.parametrize(
    ("state", "who", "action", "plain"),
    [
        ("assigned", "water", "decline", {"ground": "not_ours", "cited_duty": SENTENCE}),
        ("disputed", "office", "reassign", {"unit": "power", "reason": SENTENCE}),
        ("in_progress", "water", "resolve", {"evidence": [1]}),
        ("in_progress", "office", "suspend", {"ground": "flood", "until": "2018-11-30"}),
        ("resolved", "town", "confirm", {"visited_on": "2018-11-20", "evidence": [2]}),
    ],
)
def test_odd_values_of_an_action_are_refused_or_understood(
    api: Api, state: str, who: str, action: str, plain: dict[str, Any]
) -> None:
    def fresh(household: str) -> str:
        number = api.file(household=household)
        if state == "disputed":
            api.post("water", f"/tickets/{number}/decline", {"ground": "not_ours", "cited_duty": SENTENCE})
        if state in ("in_progress", "resolved"):
            api.post("water", f"/tickets/{number}/accept")
            plain_evidence = api.bring("water", number)
            if state == "resolved":
                api.post("water", f"/tickets/{number}/resolve", {"evidence": [plain_evidence]})
        return number

    number = fresh("A1")
    assert api.call("office", "GET", f"/tickets/{number}").json["state"] == state
    for name, value, data in bodies(("version", *plain), plain):
        answer = sent(api, who, "POST", f"/tickets/{number}/{action}", data)
        assert refused(answer) or answer.status_code == 200, (name, str(value)[:40], answer.status_code)
        if answer.status_code == 200:
            api.post("office", f"/tickets/{number}/cancel", {"reason": SENTENCE})
            number = fresh("A1")


CURSORS = (
    "zzz",
    "²",
    "\x00",
    "e30",
    ".",
    "t1",
    "t1.²",
    "x00.1",
    "xff.1",
    f"t{HUGE}.1",
    f"t{'9' * 16}.{'9' * 9}",
    f"t1.{2**63}",
    cursor_of([]),
    cursor_of([1, 2]),
    cursor_of([day(0), HUGE]),
    cursor_of([day(0), 1]),
    cursor_of(["former", 1]),
    cursor_of(["\ud800"]),
    cursor_of(["a\x00"]),
    cursor_of([HUGE]),
    "W1tb" * 20_000,
    "x" * 100_000,
)


def test_odd_queries_are_refused_or_understood(api: Api) -> None:
    api.file()
    names = {
        "/tickets": ("state", "owner", "town", "kind", "overdue", "within", "q", "cursor", "limit"),
        "/households": ("village", "q", "cursor", "limit"),
    }
    for path, fields in names.items():
        for name in fields:
            for value in (*(str(v) for v in ODD if isinstance(v, int | float | str)), *CURSORS):
                query = {name: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value}
                answer = api.client.get(
                    f"/api/v1{path}", query_string=query, headers={"Authorization": f"Bearer {api.tokens['office']}"}
                )
                assert refused(answer) or answer.status_code == 200, (path, name, value[:40], answer.status_code)


@pytest.mark.parametrize(
    "address",
    ["%00", "2018-%00", "2018-" + "9" * 15, "2018-" + "9" * 400, "²018-1", "%ED%A0%80", "x" * 5000, "%"],
)
def test_odd_addresses_are_nothing_here(api: Api, address: str) -> None:
    for method, path in (
        ("GET", f"/tickets/{address}"),
        ("GET", f"/tickets/{address}/history"),
        ("GET", f"/households/{address}"),
        ("POST", f"/tickets/{address}/accept"),
    ):
        answer = api.call("office", method, path)
        assert (refused(answer), answer.status_code in (404, 422)) == (True, True), (path[:60], answer.status_code)


def upload(api: Api, number: str, content: bytes, name: str = "x.txt", who: str = "water", **headers: str) -> Any:
    return api.client.post(
        f"/api/v1/tickets/{number}/evidence",
        data={"file": (io.BytesIO(content), name)},
        headers={"Authorization": f"Bearer {api.tokens[who]}", **headers},
    )


def test_odd_uploads_are_refused_or_kept_under_a_plain_name(api: Api) -> None:
    number = api.file()
    for content, name in (
        (b"", "x.txt"),
        (b"\x00", "x.txt"),
        (b"\xff\xfe", "x.jpg"),
        (b"MZ\x90\x00", "x.exe"),
    ):
        assert refused(upload(api, number, content, name)), (content, name)
    names = ("../../etc/passwd", "a\x00b.txt", "县" * 500, "C:\\a.txt")
    kept = [upload(api, number, bytes([65 + at]), name) for at, name in enumerate(names)]
    assert [answer.status_code for answer in kept] == [201] * 4
    with api.county.read() as session:
        stored = session.scalars(select(Evidence.filename).order_by(Evidence.id)).all()
    assert (stored[0], stored[3][-5:], max(len(name) for name in stored)) == ("passwd.txt", "a.txt", 194)
    assert not any(sign in name for name in stored for sign in "/\\\x00")


def test_who_does_not_see_a_ticket_leaves_no_bytes_behind(api: Api) -> None:
    number = api.file()
    assert upload(api, number, b"filling the disk", who="power").status_code == 404
    assert upload(api, number, b"filling the disk", who="inspectorate").status_code == 403
    assert [path for path in api.app.extensions["xiaohao"].files.rglob("*") if path.is_file()] == []


def test_one_key_from_many_at_once_files_one_ticket_and_all_get_its_answer(api: Api) -> None:
    body = {"household": "A1", "kind": "water"}

    def once(_number: int) -> Any:
        headers = {"Authorization": f"Bearer {api.tokens['town']}", "Idempotency-Key": "same"}
        return api.app.test_client().post("/api/v1/tickets", json=body, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(once, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_data() for answer in answers}) == 1
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_one_key_with_other_bodies_at_once_lets_one_of_them_through(api: Api) -> None:
    def once(number: int) -> int:
        headers = {"Authorization": f"Bearer {api.tokens['town']}", "Idempotency-Key": "same"}
        body = {"household": f"A{1 + number % 3}", "kind": ("water", "power")[number % 2]}
        return int(api.app.test_client().post("/api/v1/tickets", json=body, headers=headers).status_code)

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(once, range(6)))
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_a_refused_request_does_not_use_up_its_key(api: Api) -> None:
    number = api.file()
    key = {"Idempotency-Key": "k"}
    assert api.post("water", f"/tickets/{number}/resolve", {"evidence": [1]}, **key).status_code == 409
    assert api.post("water", f"/tickets/{number}/accept", None, **key).status_code == 200


def test_a_key_belongs_to_who_sent_it_and_to_what_was_uploaded(api: Api) -> None:
    number, key = api.file(), {"Idempotency-Key": "k"}
    first = upload(api, number, b"one", **key)
    assert (first.status_code, upload(api, number, b"one", **key).json) == (201, first.json)
    assert upload(api, number, b"two", **key).status_code == 409
    assert upload(api, number, b"two", who="town", **key).status_code == 201


def test_a_key_belongs_to_the_address_it_was_first_sent_to_whatever_the_body(api: Api) -> None:
    one, other = api.file(), api.file(household="A2")

    def accept(number: str, key: dict[str, str]) -> Any:
        return api.post("water", f"/tickets/{number}/accept", {"note": SENTENCE}, **key)

    def uploaded(number: str, key: dict[str, str]) -> Any:
        return upload(api, number, b"seen", **key)

    for key, send in (("form", uploaded), ("json", accept)):
        again = {"Idempotency-Key": key}
        first = send(one, again)
        assert (first.status_code < 300, send(one, again).json) == (True, first.json)
        elsewhere = send(other, again)
        assert (elsewhere.status_code, elsewhere.json["code"]) == (409, "idempotency_conflict"), key
    with api.county.read() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == 1
    assert api.county.ticket(2).state == "assigned"


def test_a_key_that_is_too_long_is_refused(api: Api) -> None:
    body = {"household": "A1", "kind": "water"}
    assert api.post("town", "/tickets", body, **{"Idempotency-Key": "k" * 201}).status_code == 422


def test_a_cookie_is_not_let_through_unchecked_beside_a_header_that_is_no_token(api: Api) -> None:
    answer = api.client.post("/language", data={"language": "en"}, headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 302
    with api.client.session_transaction() as session:
        assert "language" not in session
