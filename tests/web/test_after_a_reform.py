"""After a reform everybody's pages open: people of renamed, merged and divided names, of a town and villages that ended, of
their successors, and the office; figures are the length of their lists, and no link is refused."""

from collections import defaultdict

import pytest
from flask import Flask
from sqlalchemy import select

from models import Reform, Unit, User, Village
from models.engine import reading, writing
from tests.support.figure_walk import Reader, compared
from tests.web.test_shown_figures import app
from tools.screenshots import NOW
from workflow.county import accounts

__all__ = ["app"]

#: Whose account is read: by the seat they had when the county was settled.
PEOPLE = (
    *("renamed bureau", "merged bureau", "town that ended", "town that took it in"),
    *("village of the town that ended", "merged village", "office"),
)
#: Who reads the same rows as another.
SCOPES = dict.fromkeys(("town that ended", "town that took it in"), "town")


def account_of(app: Flask, who: str) -> str:
    """The sign-in name of somebody; a clerk is named after the unit of then, a cadre after the village of then."""
    with reading(app.extensions["xiaohao"].engine) as session:
        contents = [(row.kind, row.subject, row.content) for row in session.scalars(select(Reform).order_by(Reform.id))]
        codes = {row.id: (row.code, row.type) for row in session.scalars(select(Unit))}
        merged = [content for kind, subject, content in contents if (kind, subject) == ("merge", "unit")]
        bureaus = next(content["ended"] for content in merged if codes[content["successor_id"]][1] == "bureau")
        town = next(content for content in merged if codes[content["successor_id"]][1] == "town")
        if who == "village of the town that ended":
            moved = select(Village.code).where(
                Village.town_id == town["successor_id"], Village.code.contains("shuanghua")
            )
            return f"v-{session.scalars(moved.order_by(Village.id)).first()}"
        if who == "merged village":
            content = next(content for kind, subject, content in contents if (kind, subject) == ("merge", "village"))
            return f"v-{content['ended'][0]}"
        renamed = next(content for kind, subject, content in contents if (kind, subject) == ("rename", "unit"))
        clerks = {
            "renamed bureau": renamed.get("code"),
            "merged bureau": bureaus[1],
            "town that ended": town["ended"][0],
            "town that took it in": town["successor"],
            "office": "office",
        }
        return f"{clerks[who]}-1"


@pytest.fixture(scope="module")
def counted() -> dict[str, dict[str, int]]:
    """The lengths of the lists that were opened, by scope."""
    return defaultdict(dict)


@pytest.fixture(params=PEOPLE)
def person(app: Flask, counted: dict[str, dict[str, int]], request: pytest.FixtureRequest) -> Reader:
    name = account_of(app, request.param)
    with writing(app.extensions["xiaohao"].engine) as session:
        user = session.scalars(select(User).where(User.name == name, User.active)).one()
        token = accounts.issue_token(session, user, NOW)
    return Reader(app.test_client(), token, counted[SCOPES.get(request.param, request.param)])


def test_every_link_opens_and_every_figure_is_the_length_of_its_list(person: Reader) -> None:
    opened, wrong = compared(person)
    assert wrong == []
    assert opened


def test_the_account_of_the_year_is_read_under_both_names(app: Flask) -> None:
    with reading(app.extensions["xiaohao"].engine) as session:
        content = next(
            row.content
            for row in session.scalars(select(Reform).where(Reform.kind == "merge", Reform.subject == "unit"))
        )
        names = {row.code: row.name for row in session.scalars(select(Unit))}
        name = f"{content['ended'][0]}-1"
        token = ""
    with writing(app.extensions["xiaohao"].engine) as session:
        token = accounts.issue_token(session, session.scalars(select(User).where(User.name == name)).one(), NOW)
    client = app.test_client()
    for code in (*content["ended"], content["successor"]):
        answer = client.get(f"/units/{code}", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert names[content["successor"]] in answer.get_data(as_text=True)
    whole = client.get(f"/units/{content['successor']}", headers={"Authorization": f"Bearer {token}"}).get_data(
        as_text=True
    )
    for code in content["ended"]:
        assert names[code] in whole
    assert "合计" in whole
