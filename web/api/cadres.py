"""Cadres of households over the API: who is responsible for how many, and giving a household to another person."""

from web.api.fields import Body, Listed, NeededText, Query, Search, answer, of
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from workflow.county.context import county_context
from workflow.register.access import find_household
from workflow.setup import household_cadres


@answer
class CadreLine:
    """A cadre of a town and the number of households; `closed`: the account is closed, so nobody sees to them."""

    town: str
    name: str
    account: str | None
    closed: bool
    households: int
    villages: int


class CadreQuery(Query):
    """A part of the cadre's name."""

    q: Search = ""


@get("/cadres", "Cadres of households, those with most households first", links={})
def list_cadres(call: Call, query: CadreQuery) -> Listed[CadreLine]:
    place = county_context(call.session)
    lines = household_cadres.listed(call.session, call.actor, query.q)
    return Listed(items=[of(CadreLine, line, town=place.unit(line.town_id).name) for line in lines])


class GivingHousehold(Body):
    """The sign-in name of the person who becomes responsible: of a village or town, and of the household's town."""

    to: NeededText = None


@answer
class Given:
    """Whether the household had another cadre before."""

    code: str
    changed: bool


@post("/households/{code}/cadre", "Give a household to another cadre", repeat=WHOLE)
def give_household(call: Call, code: str, body: GivingHousehold) -> Given:
    home = find_household(call.session, call.actor, code).household
    changed = household_cadres.give(call.session, call.actor, call.now, [home.code], body.to or "")
    return Given(code=home.code, changed=bool(changed))
