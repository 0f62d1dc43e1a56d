"""Moments written as text, in China's time."""

from datetime import datetime

from workflow.policy.worktime import SHANGHAI


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
