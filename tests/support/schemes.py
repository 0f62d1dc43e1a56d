"""Versions of the small county's scheme, adopted and compared."""

from datetime import datetime

from tests.support.factories import small_scheme
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

LIMITS = {"vet": 2, "supplement": 3, "accept": 2, "mend": 10, "rule": 3, "confirm": 5, "cap": 40}


def scheme(**changes: int) -> Scheme:
    return small_scheme(limits={"normal": LIMITS | changes, "urgent": dict.fromkeys(LIMITS, 1) | {"cap": 10}})


def close(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T17:30").replace(tzinfo=SHANGHAI)
