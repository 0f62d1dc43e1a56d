"""Read rights beside tickets: each list requested by every role; a refusal has its own code."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.support.factories import County, day, settle_county
from workflow.accountability import paper_views
from workflow.accountability.cases import case_views
from workflow.accountability.oversight import check_lists, signals, unit_accounts
from workflow.actors import Actor
from workflow.adoption import calendar_days, impact
from workflow.assessment import duty_calendar
from workflow.county.context import CountyContext, county_context
from workflow.errors import NotAllowed
from workflow.history import audit_trail
from workflow.register import visits_due
from workflow.register.random_checks import random_lists

EVERYBODY = {"village", "town", "water", "office", "leaders", "inspectorate", "admin"}
COUNTY_WIDE = {"office", "leaders", "inspectorate"}
UNITS = {"town", "water"}

Read = Callable[[Session, Actor, CountyContext], Any]
LISTS: dict[str, tuple[Read, set[str]]] = {
    "account_not_yours": (unit_accounts.reckonings, COUNTY_WIDE | UNITS),
    "papers_not_yours": (
        lambda session, actor, _: paper_views.list_papers(session, actor, day(0)),
        COUNTY_WIDE | UNITS,
    ),
    "spot_checks_not_yours": (lambda session, actor, _: check_lists.draws(session, actor, day(0)), COUNTY_WIDE),
    "random_checks_not_yours": (lambda session, actor, _: random_lists.draws(session, actor, day(0)), COUNTY_WIDE),
    "duties_not_yours": (lambda _, actor, __: duty_calendar.may_see(actor), COUNTY_WIDE | UNITS),
    "calendar_not_yours": (
        lambda session, actor, _: calendar_days.rows(session, actor, 2018),
        EVERYBODY - {"admin"},
    ),
    "trail_not_yours": (lambda session, actor, _: audit_trail.trail(session, actor), {"inspectorate"}),
    "visits_not_yours": (
        lambda session, actor, setting: visits_due.by_cadre(session, actor, setting, day(0)),
        # They name households; those who oversee the county see no names.
        {"village", "town", "office"},
    ),
    "cases_not_yours": (lambda session, actor, _: case_views.list_cases(session, actor, day(0)), COUNTY_WIDE | UNITS),
    "signals_not_yours": (lambda _, actor, __: signals._allow(actor), COUNTY_WIDE - {"leaders"}),
    "scheme_not_yours": (lambda _, actor, __: impact.may_look(actor), COUNTY_WIDE),
}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("code", LISTS)
def test_a_list_is_read_by_whom_it_is_for_and_refused_to_all_others(county: County, code: str) -> None:
    read, readers = LISTS[code]
    allowed = set()
    with county.read() as session:
        setting = county_context(session)
        for who in sorted(EVERYBODY):
            try:
                read(session, county.people[who], setting)
                allowed.add(who)
            except NotAllowed as refusal:
                allowed.add(f"{who}: {refusal.code}")
    assert allowed == readers | {f"{who}: {code}" for who in EVERYBODY - readers}
