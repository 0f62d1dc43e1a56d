"""The form for filing: what is sent is what was shown, and a page that was refused keeps what was asked."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from models import Ticket
from tests.support.http_clients import Api

pytestmark = pytest.mark.one_database("sqlite")


def form(api: Api, who: str, method: str, **asked: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {api.tokens[who]}"}
    given: dict[str, Any] = {"query_string": asked} if method == "GET" else {"data": asked}
    answer = api.client.open("/file", method=method, headers=headers, **given)
    return answer.status_code, str(answer.get_data(as_text=True))


def seen(api: Api, who: str, **asked: str) -> str:
    """What the form says was shown."""
    status, text = form(api, who, "GET", **asked)
    shown = re.search(r'name="seen" value="([^"]+)"', text)
    assert (status, shown is not None) == (200, True)
    return shown[1] if shown else ""


def filed(api: Api) -> int:
    with api.county.read() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


@pytest.mark.parametrize(
    ("who", "shown", "sent"),
    [
        ("town", {"household": "A1", "kind": "water"}, {"household": "A2"}),
        ("town", {"household": "A1", "kind": "water"}, {"kind": "power"}),
        ("town", {"household": "A1", "kind": "water"}, {"urgent": "1"}),
        ("town", {"household": "A1", "kind": "house", "cause": "quota"}, {"cause": "other"}),
        ("town", {"village": "town-a-v1", "kind": "water"}, {"village": "town-a-v2"}),
    ],
)
def test_what_was_not_shown_is_not_filed(api: Api, who: str, shown: dict[str, str], sent: dict[str, str]) -> None:
    token = seen(api, who, **shown)
    status, text = form(api, who, "POST", **(shown | sent), send="1", seen=token, description="水管断了")
    assert (status, filed(api)) == (409, 0)
    # It is shown with what was typed, and sent again it is filed.
    assert "水管断了" in text
    status, _ = form(api, who, "POST", **(shown | sent), send="1", seen=seen(api, who, **(shown | sent)))
    assert (status, filed(api)) == (302, 1)


def test_a_form_not_yet_sent_files_nothing(api: Api) -> None:
    asked = {"household": "A1", "kind": "water"}
    token = seen(api, "town", **asked)
    assert form(api, "town", "POST", **asked, seen=token)[0] == 200
    assert form(api, "town", "GET", **asked, send="1", seen=token)[0] == 200
    assert form(api, "town", "POST", household="A1", send="1", seen=token)[0] == 422
    assert filed(api) == 0
