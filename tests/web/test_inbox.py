"""The inbox page: what one was told, in whose place, and that marking it read touches nobody else's."""

from typing import Any

import pytest

from notifications import inbox
from notifications.dispatch import dispatch
from tests.factories import day
from tests.web.conftest import Api

pytestmark = pytest.mark.one_database


def page(api: Api, who: str, method: str = "GET", **form: Any) -> str:
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    answer = api.client.open("/inbox", method=method, data=form, headers=headers, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def test_the_inbox_says_in_whose_place_one_is_told(api: Api) -> None:
    number = api.file()
    with api.county.write() as session:
        dispatch(session, day(0))
    told = page(api, "water")
    assert number in told
    assert "“承办单位值班员”无人在岗，转告您" in told
    assert number not in page(api, "power")


def test_marking_as_read_through_the_page_is_ones_own_affair(api: Api) -> None:
    api.file(kind="water")
    api.file(kind="power")
    with api.county.write() as session:
        dispatch(session, day(0))
    for upto in ("²", "-1", "x", ""):
        page(api, "water", "POST", upto=upto)
    counts = []
    for upto in (0, 10**400):
        page(api, "water", "POST", upto=str(upto))
        with api.county.read() as session:
            counts.append([inbox.unread(session, api.county.people[who].user_id or 0) for who in ("water", "power")])
    assert counts == [[1, 1], [0, 1]]
