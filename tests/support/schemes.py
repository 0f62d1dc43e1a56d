"""Versions of the small county's scheme, adopted and compared."""

from datetime import date, datetime

from models import SchemeAdoption
from tests.support.factories import START, County, small_scheme
from workflow.adoption import scheme_adoption
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

LIMITS = {"vet": 2, "supplement": 3, "accept": 2, "mend": 10, "rule": 3, "confirm": 5, "cap": 40}


def scheme(**changes: int) -> Scheme:
    return small_scheme(limits={"normal": LIMITS | changes, "urgent": dict.fromkeys(LIMITS, 1) | {"cap": 10}})


def close(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T17:30").replace(tzinfo=SHANGHAI)


def adopt(county: County, made: Scheme, from_day: date, now: datetime = START, who: str = "office") -> SchemeAdoption:
    with county.write() as session:
        return scheme_adoption.adopt(session, county.people[who], now, made, 2018, from_day)
