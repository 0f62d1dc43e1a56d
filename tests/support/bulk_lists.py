"""Bulk lists in tests: a scheme that has one, and a list brought and taken in one call."""

import io
from datetime import datetime
from typing import Any

from tests.support.candidates import candidate_scheme
from tests.support.factories import START, County, words
from tests.support.households import register_scheme
from tests.support.spreadsheets import VAULT, text
from workflow.policy.scheme.model import Scheme
from workflow.register.bulk_lists import list_taking, list_work
from workflow.register.importing.sealed_files import sha256_of

KIND = "medical_bills"
HEADS = ("姓名", "身份证号码", "镇", "村", "个人自付金额")
DAYS, KEPT = 5, 30
#: A kind of list, brought by the water bureau about water.
MEDICAL_BILLS = {
    "code": KIND,
    "name": words("大额医疗费用支出名单"),
    "units": ["water"],
    "have": "water",
    "days": DAYS,
    "keep_days": KEPT,
    "columns": [
        {"code": "paid", "name": words("个人自付金额"), "headings": ["自付金额", "个人自付金额"], "needed": True}
    ],
}


def list_scheme(**changes: Any) -> Scheme:
    """The register's scheme with candidates and one kind of list."""
    plain, candidates = register_scheme(), candidate_scheme()
    kinds = [kind.model_dump(mode="json") for kind in (*plain.kinds, candidates.kind("unregistered"))]
    assert candidates.candidates is not None
    rule = candidates.candidates.model_dump(mode="json")
    return register_scheme(**({"kinds": kinds, "candidates": rule, "bulk_lists": [MEDICAL_BILLS]} | changes))


def line(
    name: str, number: str = "", village: str = "town-a-v1村", town: str = "甲镇", paid: str = "32000元"
) -> list[str]:
    return [name, number, town, village, paid]


def brought(county: County, *lines: list[str], who: str = "water", at: datetime = START, **more: Any) -> int:
    """A list of these lines, brought and not taken; its id."""
    stream = stream_of(*lines)
    with county.write() as session:
        row = list_taking.bring_list(
            session, county.people[who], at, more.get("kind", KIND), sha256=sha256_of(stream), filename="名单.csv"
        )
        return row.id


def stream_of(*lines: list[str]) -> io.BytesIO:
    return text(HEADS, *lines)


def plan(county: County, *lines: list[str], at: datetime = START) -> list_taking.ListPlan:
    with county.read() as session:
        return list_taking.plan_list(session, VAULT, at, KIND, stream_of(*lines))


def stored(county: County, *lines: list[str], who: str = "water", at: datetime = START) -> int:
    """A list of these lines, brought and taken, whose lines wait; its id."""
    number = brought(county, *lines, who=who, at=at)
    with county.read() as session:
        book = list_taking.read_lines(session, at, KIND, stream_of(*lines))
    with county.write() as session:
        list_taking.take_list(session, county.people[who], at, VAULT, number, book)
    return number


def worked(county: County, at: datetime = START) -> int:
    """The waiting lines are worked; how many."""
    return list_work.run(county.read, county.write, VAULT, at)


def taken(county: County, *lines: list[str], who: str = "water", at: datetime = START) -> int:
    """A list of these lines, brought, taken and worked; its id."""
    number = stored(county, *lines, who=who, at=at)
    worked(county, at)
    return number
