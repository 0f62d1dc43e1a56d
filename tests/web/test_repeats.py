"""Repeats: under a key the reference is kept, not the answer; a request that comes again is answered from it."""

from typing import Any

import pytest
from sqlalchemy import select

from models import IdempotencyKey, User
from tests.support.http_clients import Api
from web.api.operations import OPERATIONS
from web.api.repeats import WHOLE

pytestmark = pytest.mark.one_database("sqlite")

#: Answers of codes, numbers, moments and names of officials, which are kept as they are; looked at one by one.
KEPT_WHOLE = {
    *("ask_time", "grant_time", "refuse_time", "issue_rung", "decline_rung", "undo_register_import", "bring_bulk_list"),
    *("give_household", "depart", "leave_register", "enter", "withdraw_entry", "record_family_event", "check_figure"),
    *("report_figures", "read_one", "sign_ranking", "review_ranking", "object_to_ranking", "answer_objection"),
    *("issue_report", "receive_report", "bring_evidence"),
}


def test_every_operation_that_writes_says_how_it_answers_a_repeat() -> None:
    writing = {operation.id: operation.repeated for operation in OPERATIONS if operation.writes}
    assert {name for name, repeat in writing.items() if repeat is WHOLE} == KEPT_WHOLE
    assert all(set(repeat.keeps) <= {"id", "number", "state"} for repeat in writing.values())


def kept(api: Api) -> list[dict[str, Any]]:
    with api.county.read() as session:
        return [row.answer for row in session.scalars(select(IdempotencyKey).order_by(IdempotencyKey.id))]


def test_a_filing_leaves_its_number_alone_and_is_answered_again_as_the_ticket_is_now(api: Api) -> None:
    body, key = {"household": "A1", "kind": "water", "description": "张一家水泵坏了"}, {"Idempotency-Key": "k"}
    first = api.post("town", "/tickets", body, **key)
    number = first.json["number"]
    assert kept(api) == [{"number": number}]
    assert api.post("town", "/tickets", body, **key).json == first.json
    accepted = api.post("water", f"/tickets/{number}/accept", {"version": 1}, **{"Idempotency-Key": "a"})
    assert kept(api) == [{"number": number}, {}]
    again = api.post("town", "/tickets", body, **key)
    assert (again.status_code, again.json["state"], again.json["version"]) == (201, "in_progress", 2)
    repeated = api.post("water", f"/tickets/{number}/accept", {"version": 1}, **{"Idempotency-Key": "a"})
    assert (repeated.status_code, repeated.json) == (200, accepted.json)


def test_what_is_out_of_sight_by_then_is_not_shown_again_and_not_done_again(api: Api) -> None:
    body, key = {"household": "A1", "kind": "water"}, {"Idempotency-Key": "k"}
    assert api.post("town", "/tickets", body, **key).status_code == 201
    with api.county.write() as session:
        session.get_one(User, api.county.people["town"].account_id).unit_id = api.county.units["town-b"]
    refused = api.post("town", "/tickets", body, **key)
    assert (refused.status_code, refused.json["code"]) == (409, "repeat_out_of_sight")
