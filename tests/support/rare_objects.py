"""Rare objects: one of each kind that no other act of the full county leaves behind."""

from typing import Any

from sqlalchemy import select

from models import Delivery, Robot, User
from tests.support.factories import day
from tests.support.full_county import Web
from tests.support.reforms import DOCUMENT
from workflow.boards import feedback
from workflow.county.sign_ins import resets
from workflow.reform import planned_reforms, reform_act

_TIME = {"request": "suspension", "until": "2018-12-28", "ground": "flood", "plan": "雨停后施工", "reason": "连日降雨"}


def add_rare_objects(web: Web) -> None:
    """Feedback, a request for time, a planned reform, a request for a reset, a group bot and a message that did not get through."""
    number = web.post("town", "/tickets", household="A2", kind="power", description="断电")["number"]
    web.post("power", f"/tickets/{number}/accept")
    web.post("power", f"/tickets/{number}/requests", **_TIME, evidence=[web.bring("power", number, "雨.txt")])
    office, admin = web.county.people["office"], web.county.people["admin"]
    given: dict[str, Any] = {"kind": "rename", "subject": "unit", "sources": ["housing"], "name": "县住房局"}
    given |= {"from_day": "2019-01-10", **DOCUMENT}
    with web.county.write() as session:
        feedback.send(session, web.county.people["village"], web.now, "入户表同一内容要填两遍")
        seen = reform_act.preview(session, office, web.now, given).seen
        planned_reforms.enter(session, office, web.now, given, seen=seen)
        watched = session.scalars(select(User).where(User.name == "leaders2")).one()
        resets.ask(session, admin, web.now, watched, "password")
        robot = Robot(
            unit_id=web.county.units["water"],
            channel="wecom",
            value_sealed="x",
            value_index="0" * 64,
            created_at=day(1),
            created_by_id=admin.user_id,
        )
        session.add(robot)
        session.flush()
        session.add(
            Delivery(
                channel="wecom",
                key="rare",
                robot_id=robot.id,
                kind="accept",
                params={},
                language="zh_Hans",
                weighty=False,
                created_at=day(1),
                status="dead",
                tries=9,
            )
        )
