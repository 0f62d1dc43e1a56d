"""Block heads: the event by which the number and the hash of the last block leave the house, so that others hold them.

The event's messages go to the inspectorate, by mail and to its group bot, and to a log server where one is set; whoever has an old
one compares it with the history (`workflow.history.anchors`).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Block, County, Event
from workflow.actors import system
from workflow.history import event_log
from workflow.policy.worktime import local_date

ACTION = "head_sent"


def send_due(session: Session, now: datetime, days: int, *, syslog: bool = False) -> int | None:
    """Append the event of the head block if so many days have passed since the last; returns the block's number, or None.

    The county's row serialises the workers, so a head is sent once.  `days` 0 sends none.  `syslog`: whether a log server
    gets it too.
    """
    if not days or session.scalar(select(Block.id).limit(1)) is None:
        return None
    session.execute(select(County.id).with_for_update())
    last = session.execute(
        select(Event.at, Event.given)
        .where(Event.subject_type == event_log.COUNTY[0], Event.action == ACTION)
        .order_by(Event.seq.desc())
        .limit(1)
    ).one_or_none()
    head = session.scalars(select(Block).order_by(Block.number.desc()).limit(1)).one()
    if last is not None and ((local_date(now) - local_date(last[0])).days < days or last[1]["block"] >= head.number):
        return None
    given = {"block": head.number, "events": head.total, "syslog": syslog}
    event_log.of(session, event_log.COUNTY, system(), now).append("head_sent", given, {"hash": head.hash})
    return head.number
