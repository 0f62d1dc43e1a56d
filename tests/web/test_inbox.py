"""Inbox page: own messages, for whom one stands in; marking as read changes only one's own."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from models import Message
from notifications import inbox
from notifications.dispatch import dispatch
from tests.support.factories import day
from tests.support.http_clients import Api
from workflow.tickets.lookup import id_of

pytestmark = pytest.mark.one_database("sqlite")


def page(api: Api, who: str, method: str = "GET", query: str = "", **form: Any) -> str:
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    answer = api.client.open(f"/inbox{query}", method=method, data=form, headers=headers, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_the_inbox_says_in_whose_place_one_is_told(api: Api) -> None:
    number = api.file()
    with api.county.write() as session:
        dispatch(session, day(0))
    text = page(api, "water")
    assert number in text
    assert "“承办单位值班员”无人在岗，转告您" in text
    assert number not in page(api, "power")


def test_a_group_names_the_household_only_where_the_reader_sees_the_ticket_and_masked_where_names_are(api: Api) -> None:
    number = api.file(household="A1")
    with api.county.write() as session:
        dispatch(session, day(0))
        told = session.scalars(
            select(Message).where(Message.recipient_id == api.county.people["water"].user_id)
        ).first()
        assert told is not None
        # A message reaches whoever held the ticket before, or leads the county, too.
        for who in ("power", "leaders"):
            values = {name: getattr(told, name) for name in ("event_id", "channel", "kind", "params", "created_at")}
            session.add(Message(recipient_id=api.county.people[who].user_id, **values))
    shown = {who: page(api, who) for who in ("water", "power", "leaders")}
    assert {who: number in text for who, text in shown.items()} == {"water": True, "power": True, "leaders": True}
    names = {who: re.findall("张[三某*]", text[text.index("<main") :]) for who, text in shown.items()}
    assert names == {"water": ["张三"], "power": [], "leaders": ["张*"]}


def test_marking_as_read_through_the_page_is_ones_own_affair(api: Api) -> None:
    api.file(kind="water")
    api.file(kind="power")
    with api.county.write() as session:
        dispatch(session, day(0))
    for upto in ("²", "-1", "x", ""):
        page(api, "water", "POST", upto=upto)
    counts = []
    for number in (0, 10**400):
        page(api, "water", "POST", upto=str(number))
        with api.county.read() as session:
            counts.append([inbox.unread(session, api.county.people[who].user_id or 0) for who in ("water", "power")])
    assert counts == [[1, 1], [0, 1]]


def test_the_inbox_over_the_api_lists_counts_and_marks_ones_own(api: Api) -> None:
    numbers = [api.file(household=household) for household in ("A1", "A2", "A3")]
    api.file(kind="power")
    with api.county.write() as session:
        dispatch(session, day(0))
        foreign = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    first = api.call("water", "GET", "/inbox?limit=2").json
    assert (first["unread"], [item["number"] for item in first["items"]]) == (3, numbers[:0:-1])
    rest = api.call("water", "GET", f"/inbox?limit=2&cursor={first['next']}").json
    assert ([item["number"] for item in rest["items"]], rest["next"]) == (numbers[:1], None)
    item = rest["items"][0]
    assert item["title"] == {"zh": "有新工单待办理", "en": "A new ticket is waiting"}
    assert (item["what"]["zh"], item["path"], item["read_at"]) == ("饮水", f"/tickets/{numbers[0]}", None)
    assert item["instead_of"] == "holder_duty"
    # A receipt is the moment of the first reading, whatever is asked again; another's message is not there.
    read = api.post("water", f"/inbox/{item['id']}/read").json
    assert (read["unread"], read["read_at"]) == (2, "2018-11-20T10:00:00+08:00")
    api.now = day(1)
    assert api.post("water", f"/inbox/{item['id']}/read").json["read_at"] == read["read_at"]
    assert api.post("water", f"/inbox/{foreign}/read").status_code == 404
    assert [m["number"] for m in api.call("water", "GET", "/inbox?unread=true").json["items"]] == numbers[:0:-1]
    items = api.call("office", "GET", f"/tickets/{numbers[0]}/told").json["items"]
    assert [(line["channel"], line["person"], line["read_at"]) for line in items] == [
        ("inbox", "water", "2018-11-20T10:00:00+08:00")
    ]
    for who, status in (("water", 403), ("power", 404)):
        assert api.call(who, "GET", f"/tickets/{numbers[0]}/told").status_code == status
    assert api.post("water", "/inbox/read", {"upto": first["items"][0]["id"]}).json == {"unread": 0}
    assert api.call("water", "GET", "/inbox/unread").json == {"unread": 0}
    assert api.call("power", "GET", "/inbox/unread").json == {"unread": 1}
    bodies: tuple[dict[str, object], ...] = ({}, {"upto": 0}, {"upto": True}, {"upto": "1"}, {"upto": 1, "x": 1})
    for body in bodies:
        assert api.post("water", "/inbox/read", body).status_code == 422
    for wrong in ("cursor=x", "unread=x", "limit=0"):
        assert api.call("water", "GET", f"/inbox?{wrong}").status_code == 422
    described = api.call(None, "GET", "/openapi.json").json["paths"]
    assert {path for path in described if "inbox" in path or "told" in path} == {
        "/inbox",
        "/inbox/unread",
        "/inbox/read",
        "/inbox/{id}/read",
        "/tickets/{number}/told",
    }


def test_unread_messages_are_counted_filtered_and_marked_by_kind(api: Api) -> None:
    numbers = [api.file(household=household) for household in ("A1", "A2")]
    api.file(kind="power")
    ticket = id_of(numbers[0])
    assert ticket is not None
    api.county.do("water", "accept", ticket, day(0))
    api.county.do("office", "suspend", ticket, day(0), ground="flood", until="2018-11-26")
    with api.county.write() as session:
        dispatch(session, day(0))
    me, power = (api.county.people[who].account_id for who in ("water", "power"))
    with api.county.read() as session:
        counts = {kind: (count, last) for kind, count, last in inbox.unread_kinds(session, me)}
    assert {kind: count for kind, (count, _last) in counts.items()} == {"file": 2, "suspend": 1}
    by_kind = page(api, "water", query="?by=kind")
    assert by_kind.count("本类全部标为已读</button>") == 2
    assert numbers[0] not in by_kind[by_kind.index("<main") :]
    only = page(api, "water", query="?kind=suspend&unread=1")
    assert [number in only for number in numbers] == [True, False]
    # What came after the page was made stays unread, and so do the messages of others and of other kinds.
    later = api.file(household="A3")
    with api.county.write() as session:
        dispatch(session, day(0))
    page(api, "water", "POST", kind="file", upto=str(counts["file"][1]), by="kind")
    with api.county.read() as session:
        left = [(row[0].kind, row[2].number) for row in inbox.messages(session, me, unread_only=True)]
        assert left == [("file", later), ("suspend", numbers[0])]
        assert inbox.unread(session, power) == 1
