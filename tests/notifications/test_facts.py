"""Facts that leave the system with a message: number, village, kind, rung and link, and whether it presses."""

from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, select

from models import Escalation, Event, Outbox
from notifications import delivery_planning, dispatch
from notifications.delivery_planning import Announcement
from tests.support.cases import act, overdue, raised
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.signing import TALK
from workflow.accountability import paper_actions, proposals, sweep

pytestmark = pytest.mark.one_database("sqlite")

WATER = {"what": ["饮水", "饮水"], "village": ["甲镇town-a-v1村", "town-a town-a-v1村"]}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def leaves(county: County, action: str, subject: int = 1, **given: Any) -> tuple[dict[str, Any], bool]:
    """What leaves with the last such event, and whether it presses."""
    with county.read() as session:
        rows = session.scalars(
            select(Event).where(Event.action == action, Event.subject_id == subject).order_by(Event.id.desc())
        )
        event = next(row for row in rows if all(row.given.get(name) == value for name, value in given.items()))
        kind, params = dispatch.composed(session, event)
        return delivery_planning.facts(session, Announcement(event, kind, params, {}))


def test_a_tickets_message_names_its_number_kind_and_village_and_an_urgent_one_presses(county: County) -> None:
    county.file()
    county.file(household="A2", kind="power", urgent=True)
    assert leaves(county, "file") == ({"number": "2018-000001", "path": "/tickets/2018-000001", **WATER}, False)
    power = WATER | {"what": ["用电", "用电"]}
    assert leaves(county, "file", 2) == ({"number": "2018-000002", "path": "/tickets/2018-000002", **power}, True)


def test_a_rung_is_named_as_issued_or_proposed_and_a_paper_leads_to_itself(county: County) -> None:
    county.do("water", "accept", county.file(), START)
    sweep.run(county.read, county.write, day(21, 8.5))
    plain = {"number": "2018-000001", "path": "/tickets/2018-000001", **WATER}
    rung = leaves(county, "escalate", rung=3)
    assert rung == (plain | {"rung": ["supervise", "supervise"], "proposed": False}, False)
    sweep.run(county.read, county.write, day(24, 8.5))
    proposed = leaves(county, "escalate", rung=4)
    assert proposed == (plain | {"rung": ["summon", "summon"], "proposed": True}, False)
    with county.write() as session:
        paper_actions.answer(session, county.people["water"], day(24, 9), "2018:华扶办:1", "已派施工队")
    named = plain | {
        "rung": ["supervise", "supervise"],
        "proposed": False,
        "path": f"/papers/{quote('2018:华扶办:1', safe=':')}",
    }
    assert leaves(county, "answer_paper") == (named, False)
    with county.write() as session:
        fourth = session.scalars(select(Escalation.id).where(Escalation.rung == 4)).one()
        proposals.answer(session, county.people["office"], day(24), 1, fourth, True, "屡催不办", **TALK)
    issued = plain | {
        "rung": ["summon", "summon"],
        "proposed": False,
        "path": f"/papers/{quote('2018:华扶办:2', safe=':')}",
    }
    assert leaves(county, "issue_rung") == (issued, False)


def test_what_is_about_no_ticket_leads_to_its_page(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    said = {"path": f"/cases/{case}", "what": [f"第{case}号问责案", f"Accountability case {case}"]}
    assert leaves(county, "notify", case) == (said, False)
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "adopt")).first()
        assert event is not None
        for kind, path in (("calendar", "/calendar"), ("draw", "/spot-checks"), ("migration", "/inbox")):
            assert delivery_planning.facts(session, Announcement(event, kind, {}, {})) == ({"path": path}, False)


def test_each_event_is_told_once_and_its_row_of_the_outbox_goes(county: County) -> None:
    county.file()
    with county.write() as session:
        waiting = session.scalars(select(Outbox.event_id)).all()
        assert dispatch.dispatch(session, day(0), batch=1) == 1
        assert dispatch.dispatch(session, day(0)) == len(waiting) - 1
        assert dispatch.dispatch(session, day(0)) == 0
