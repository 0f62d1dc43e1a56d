"""Morning digests: the office is told of posts without a person, and nobody of nothing."""

from typing import Any

from sqlalchemy import Engine

from models import User
from notifications import digest
from tests.support.factories import County, day, settle_county
from tests.support.mail import rows
from tests.support.posts import appoint
from tests.support.sinks import reach


def morning(county: County, n: int) -> list[dict[str, Any]]:
    """What stands in the digests of the `n`th day."""
    with county.write() as session:
        made = digest.make(session, day(n, 8.5))
    return [row.params for row in rows(county)[-made:]] if made else []


def test_the_office_hears_of_empty_posts_of_units_with_open_tickets_and_of_nothing_else(engine: Engine) -> None:
    county = settle_county(engine)
    reach(county, "office")
    assert morning(county, 1) == []
    county.file(at=day(1, 9))
    water = ["县水务局", "water"]
    seats = {"count": 2, "shown": [{"unit": water, "seat": "duty"}, {"unit": water, "seat": "leader"}]}
    assert morning(county, 2) == [{"day": "2018-11-22", "seats": seats}]
    assert morning(county, 2) == [], "once a day"
    with county.write() as session:
        person = session.get_one(User, county.people["water"].user_id)
        for post in ("duty", "leader"):
            appoint(session, person, post, day(2, 9))
    assert morning(county, 3) == []
