"""Versions of the small county's scheme, adopted and compared."""

from datetime import date, datetime
from typing import Any

from models import SchemeAdoption
from tests.support.factories import START, County, small_scheme
from workflow.adoption import scheme_adoption
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.validation import check
from workflow.policy.worktime import SHANGHAI

#: Where in a scheme and by which code: the rules that are broken.
Faults = set[tuple[str, str]]

LIMITS = {"vet": 2, "supplement": 3, "accept": 2, "mend": 10, "rule": 3, "confirm": 5, "cap": 40}


def scheme(**changes: int) -> Scheme:
    return small_scheme(limits={"normal": LIMITS | changes, "urgent": dict.fromkeys(LIMITS, 1) | {"cap": 10}})


def close(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T17:30").replace(tzinfo=SHANGHAI)


def adopt(county: County, made: Scheme, from_day: date, now: datetime = START, who: str = "office") -> SchemeAdoption:
    with county.write() as session:
        return scheme_adoption.adopt(session, county.people[who], now, made, 2018, from_day)


def with_part(scheme: Scheme, path: str, value: Any) -> Scheme:
    """The scheme with one of its parts replaced; `path`: names and places joined by dots.

    None takes the part away, and `+` as the last name adds to a list.
    """
    content = scheme.model_dump(mode="json")
    *way, last = path.split(".")
    part: Any = content
    for name in way:
        part = part[int(name) if name.isdigit() else name]
    if value is None:
        del part[int(last) if last.isdigit() else last]
    elif last == "+":
        part.append(value)
    else:
        part[int(last) if last.isdigit() else last] = value
    return Scheme.model_validate(content)


def faults_of(path: str, value: Any) -> Faults:
    """The rules that the small scheme breaks with one of its parts replaced, and does not break as it is."""

    def broken(scheme: Scheme) -> Faults:
        return {(".".join(map(str, finding.path)), finding.code) for finding in check(scheme)}

    return broken(with_part(small_scheme(), path, value)) - broken(small_scheme())
