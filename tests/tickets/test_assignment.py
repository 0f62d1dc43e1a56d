"""A ticket is of a kind that its subject can have: when it is filed, filed again, and when its kind is corrected."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.texts import SENTENCE
from workflow.tickets import desk, filing
from workflow.tickets.filing import Deficiency

pytestmark = pytest.mark.one_database("sqlite")
REFUSED = "BadInput kind_not_for_subject kind"


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def test_a_village_has_only_kinds_of_villages_when_filed_and_when_corrected(county: County) -> None:
    def filed(kind: str, does: Any = filing.file_ticket, **subject: Any) -> str:
        reported = Deficiency(kind=kind, **subject)
        return refusal(county.engine, lambda s: does(s, county.people["town"], START, reported))

    def done(who: str, action: str, ticket: int, **given: Any) -> str:
        return refusal(county.engine, lambda s: desk.perform(s, county.people[who], ticket, action, day(1), **given))

    for does in (filing.file_ticket, filing.preview):
        assert filed("water", does, village="town-a-v1") == "done"
        assert filed("power", does, village="town-a-v1") == REFUSED
        assert filed("power", does, household="A1") == "done"
    with county.write() as session:
        reported = Deficiency(kind="water", village="town-a-v1")
        of_village = filing.file_ticket(session, county.people["town"], START, reported).ticket.id
    of_household = county.file()
    for ticket in (of_village, of_household):
        county.do("water", "accept", ticket)
    given = {"kind": "power", "reason": "应为用电"}
    assert done("water", "reclassify", of_village, **given) == REFUSED
    assert done("water", "reclassify", of_household, **given) == "done"
    assert done("water", "reclassify", of_household, kind="water", reason=SENTENCE) == "BadInput kind_is_the_same kind"
    county.do("office", "cancel", of_village, reason="重复")
    # The town's own to check: sent back to the village, which corrects the kind.
    with county.write() as session:
        reported = Deficiency(kind="water", village="town-a-v1")
        returned = filing.file_ticket(session, county.people["village"], START, reported).ticket.id
    county.do("town", "send_back", returned, reason="请补充")
    assert done("village", "resubmit", returned, kind="power") == REFUSED
    assert done("village", "resubmit", returned, kind="water") == "done"
