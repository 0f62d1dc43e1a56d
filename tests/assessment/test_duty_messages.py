"""Messages about duties: the unit when a duty opens and when it is judged, the confirmer when it is handed in."""

import pytest
from sqlalchemy import Engine, select

from models import Message, User
from notifications.dispatch import dispatch
from tests.support.duties import at, duty, duty_county, hand_in, open_by, tickets
from tests.support.factories import County
from workflow.accountability import sweep

pytestmark = pytest.mark.one_database("sqlite")


def notified(county: County) -> dict[str, set[str]]:
    """The recipients of each kind of event since the last call."""
    with county.write() as session:
        while dispatch(session, at("2018-12-31")):
            pass
        rows = session.execute(
            select(Message.kind, User.name).join(User, User.id == Message.recipient_id).where(Message.read_at.is_(None))
        ).all()
        for row in session.scalars(select(Message)):
            row.read_at = at("2018-12-31")
    recipients: dict[str, set[str]] = {}
    for kind, name in rows:
        recipients.setdefault(kind, set()).add(name)
    return recipients


def test_a_duty_tells_whom_it_concerns_and_no_town_that_it_does_not_lie_in(engine: Engine) -> None:
    duties = [
        duty("report", ["water"], "half_yearly", {"by": "last"}),
        duty("own", ["office"], "half_yearly", {"by": "last"}),
    ]
    county = duty_county(engine, duties)
    open_by(county, at("2018-11-01"))
    assert notified(county) == {"file": {"water", "office"}}
    made = tickets(county)
    report = made["water", "report", "2018-H2"]
    hand_in(county, "water", report, at("2018-11-05"))
    hand_in(county, "office", made["office", "own", "2018-H2"], at("2018-11-05"))
    assert notified(county) == {"resolve": {"office", "leaders"}}
    county.do("office", "reject", report.id, at("2018-11-06"), reason="未盖章")
    # The bureau has no leader: the leader's message climbs to the office, whose own act it was.
    assert notified(county) == {"reject": {"water"}}
    county.do("office", "extend", report.id, at("2018-12-20"), until="2019-01-09", reason="等省里数据")
    assert notified(county) == {"extend": {"water"}}
    sweep.run(county.read, county.write, at("2019-01-10"))
    assert "water" in notified(county)["escalate"]
    county.do("office", "cancel", report.id, at("2019-01-10"), reason="已并入年度报告")
    assert notified(county) == {"cancel": {"water"}}
