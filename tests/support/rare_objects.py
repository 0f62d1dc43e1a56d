"""Rare objects: one of each kind that no other act of the full county leaves behind."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import Delivery, Household, Robot, User, Village
from models.household_erasure import USUAL_YEARS
from tests.support.factories import day
from tests.support.full_county import Web
from tests.support.reforms import DOCUMENT
from tests.support.signing import authorise
from workflow.boards import feedback
from workflow.county.context import county_context
from workflow.county.sign_ins import resets
from workflow.reform import planned_reforms, reform_act
from workflow.register import exit_gate
from workflow.register.erasing import erasure_requests
from workflow.tickets.saved import saved_views, wordings

_TIME = {"request": "suspension", "until": "2018-12-28", "ground": "flood", "plan": "雨停后施工", "reason": "连日降雨"}


def add_rare_objects(web: Web) -> None:
    """What a county has seldom: a household gone for long and the proposal to erase another, feedback, views of the list,
    wordings, a request for time, a planned reform, a request for a reset, a group bot and a message that did not get through."""
    _add_erasures(web)
    number = web.post("town", "/tickets", household="A2", kind="power", description="断电")["number"]
    web.post("power", f"/tickets/{number}/accept")
    web.post("power", f"/tickets/{number}/requests", **_TIME, evidence=[web.bring("power", number, "雨.txt")])
    office, admin = web.county.people["office"], web.county.people["admin"]
    given: dict[str, Any] = {"kind": "rename", "subject": "unit", "sources": ["housing"], "name": "县住房局"}
    given |= {"from_day": "2019-01-10", **DOCUMENT}
    with web.county.write() as session:
        feedback.send(session, web.county.people["village"], web.now, "入户表同一内容要填两遍")
        setting = county_context(session)
        for who, shared in (("village", True), ("water", True), ("town", False)):
            actor = web.county.people[who]
            saved_views.save(session, actor, setting, web.now, "急办", {"overdue": "1"}, shared=shared)
            if who != "village":
                wordings.add(session, actor, web.now, f"{who}已到户查看，问题已解决")
        wordings.add(session, office, web.now, "照片与现场一致，户主已签字", for_all=True)
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


def _add_erasures(web: Web) -> None:
    """Two households that left the register longer ago than files are kept: of one the authorised person proposed the erasure."""
    county, long_ago = web.county, day(0) - timedelta(days=366 * USUAL_YEARS)
    authorise(county, "office", web.now, kind="data", user="office2")
    with county.write() as session:
        village = session.scalars(select(Village).where(Village.code == "town-a-v1")).one()
        for code in ("Y1", "Y2"):
            home = Household(code=code, village_id=village.id, head_name="令狐长青", status="in", version=0)
            session.add(home)
            session.flush()
            exit_gate.set_status(session, county.people["office"], long_ago, code, "cleared", "重复建档")
        erasure_requests.propose(session, county.people["office2"], web.now, "Y2", "五扶〔2018〕8号", USUAL_YEARS)
