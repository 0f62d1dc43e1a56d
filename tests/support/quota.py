"""Quota of houses in tests: another unit confirms what was entered."""

from datetime import datetime

from sqlalchemy.orm import Session

from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.register.counted import quota, quota_verdicts
from workflow.register.counted.quota_verdicts import Judged


def confirm_all(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> int:
    """Confirm every entered day on which the actor's unit has the verdict; returns how many houses changed."""
    waiting = quota_verdicts.for_verdict(actor, setting, quota.listed(session, actor, setting))
    days = [Judged(day.line.household.code, day.step, day.on) for day in waiting]
    return quota_verdicts.judge(session, actor, setting, now, days, "confirmed") if days else 0
