"""Roles of the ladder that nobody fills, one role after the other, by accounts and posts."""

import pytest
from sqlalchemy import Engine, update

from models import User
from tests.support.factories import START, County, settle_county, small_scheme
from tests.support.signing import lead
from workflow.county.unfilled_roles import unknown_roles, vacancies
from workflow.policy.scheme.model import Scheme

pytestmark = pytest.mark.one_database("sqlite")
#: Who holds, checks, confirms or rules under the small scheme; the inspectorate does none of it.
HOLDERS = ("town-a", "town-b", "water", "power", "housing", "poverty", "office", "leaders")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def told(*roles: str) -> Scheme:
    """A scheme whose rungs all tell these."""
    content = small_scheme().model_dump(mode="json")
    for rung in content["ladder"]["rungs"]:
        rung["tells"] = list(roles)
    return Scheme.model_validate(content)


def empty(county: County, *roles: str) -> dict[str, tuple[str, ...]]:
    with county.read() as session:
        return {entry.role: entry.units for entry in vacancies(session, told(*roles), START).empty}


def deaf(county: County, *roles: str) -> set[tuple[str, ...]]:
    with county.read() as session:
        found = vacancies(session, told(*roles), START)
        assert found.none == (not found.empty and not found.unheard)
        return {entry.units for entry in found.unheard}


def close(county: County, *names: str) -> None:
    with county.write() as session:
        session.execute(update(User).where(User.name.in_(names)).values(active=False))


def test_a_town_without_its_own_people_is_named_though_it_has_village_cadres(county: County) -> None:
    assert empty(county, "town") == {}
    assert deaf(county, "town") == set()
    close(county, "other_town")
    assert empty(county, "town") == {"town": ("town-b",)}
    assert empty(county, "holder_people") == {"holder_people": ("town-b",)}
    assert deaf(county, "holder_people") == {("town-b",)}
    # Somebody in some town hears of it.
    assert deaf(county, "town") == set()
    close(county, "town")
    assert deaf(county, "town") == {HOLDERS}


@pytest.mark.parametrize("seat", ["office", "leaders", "inspectorate", "admin"])
def test_a_seat_is_empty_once_its_last_account_is_closed(county: County, seat: str) -> None:
    assert empty(county, seat) == {}
    close(county, seat)
    assert empty(county, seat) == {seat: ()}
    assert deaf(county, seat) == {HOLDERS}


def test_a_post_is_filled_by_an_open_account_that_holds_it_now(county: County) -> None:
    assert empty(county, "holder_leader") == {"holder_leader": HOLDERS[:-2]}
    lead(county, "water", "power")
    unled = tuple(code for code in HOLDERS[:-2] if code not in ("water", "power"))
    assert empty(county, "holder_leader") == {"holder_leader": unled}
    assert empty(county, "holder_duty", "lead_duty") == {"holder_duty": HOLDERS, "lead_duty": HOLDERS}
    close(county, "water", "power")
    assert empty(county, "holder_leader") == {"holder_leader": HOLDERS[:-2]}


def test_roles_of_a_ticket_are_filled_by_it_and_unknown_ones_by_nobody(county: County) -> None:
    assert empty(county, "handler", "filer", "assisting") == {}
    assert empty(county, "discipline") == {"discipline": ()}
    assert unknown_roles(told("office", "discipline", "holder_duty")) == ("discipline",)
    # A rung that names nobody tells the holder's person on duty.
    assert empty(county) == {"holder_duty": HOLDERS}
