"""Units of the county: their names, marks and aliases; the office adds units and corrects what documents call them."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.county import UNIT_TYPES
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.language import bracketed, chinese
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.setup.county_workbook import listed_in
from workflow.setup.new_names import new_unit
from workflow.setup.unit_definitions import Definitions
from workflow.tickets.views.search import cleaned
from workflow.tickets.visibility import COUNTY_WIDE

SORTS = ("position", "name", "type")


@blueprint.get("/county-units")
def county_units() -> Page:
    """The units that exist, with what documents call them."""
    return _units_page()


def _units_page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    if actor.role not in (*COUNTY_WIDE, "admin"):
        raise NotAllowed("county_import_not_yours")
    query, sort = cleaned(request.values.get("q")), request.values.get("sort", SORTS[0])
    with db.read_session() as session:
        setting = county_context(session)
    lines = [(unit, _facts(setting, unit), _own(setting, unit)) for unit in setting.living]
    if query:
        lines = [line for line in lines if any(query in word for word in line[1].values())]
    if sort in ("name", "type"):
        lines.sort(key=lambda line: (line[0].type if sort == "type" else "", line[0].name))
    return render_form(
        "setup/units.html",
        error,
        tried=request.form.get("code", "") if request.method == "POST" else None,
        lines=lines,
        may=actor.role == "office",
        near=error is not None and error.code == "name_near",
        types=UNIT_TYPES,
        q=query,
        sort=sort if sort in SORTS else SORTS[0],
        sorts=SORTS,
    )


def _facts(setting: CountyContext, unit: UnitFact) -> dict[str, str]:
    """What is shown and searched of a unit."""
    known = next((each for each in setting.scheme.units if each.code == unit.code), None)
    return {
        "name": unit.name,
        "full_name": setting.full_name(unit),
        "mark": setting.scheme.mark(unit.code) if known is not None else "",
        "aliases": "、".join(known.aliases) if known is not None else "",
        "name_en": unit.name_en,
        "plates": ("、" if chinese() else ", ").join(
            each.name + (bracketed(each.full_name) if each.full_name else "") for each in setting.plates(unit)
        ),
    }


def _own(setting: CountyContext, unit: UnitFact) -> dict[str, str]:
    """What is entered of a unit; a full name or mark that follows from others is empty."""
    known = next((each for each in setting.scheme.units if each.code == unit.code), None)
    entered = {"full_name": known.full_name, "mark": known.mark} if known is not None else {}
    return {**_facts(setting, unit), "full_name": entered.get("full_name") or "", "mark": entered.get("mark") or ""}


@blueprint.post("/county-units")
@form_action(_units_page, passes=())
def define_unit() -> Step:
    """Add a unit, or correct what documents call one; adopted as a new version of the scheme from today."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    values = _values(form)

    def step(session: Session) -> Done:
        units = Definitions.now(session, actor, now)
        if form.get("code"):
            if form["code"] not in units.standing:
                raise NotFound("unit_unknown", "name", unit=form["code"][:64])
            units.change(form["code"], values)
        else:
            new_unit(units, values, another=form.get("another") == "1")
        units.adopt(session, actor, now)
        return Done(url_for("pages.county_units"), _("The unit is recorded."))

    return step


def _values(form: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in ("full_name", "mark", "name_en")}
    values = {name: value for name, value in values.items() if value}
    values["aliases"] = listed_in(form.get("aliases", ""))
    if not form.get("code"):
        values |= {"name": form.get("name", "").strip(), "type": form.get("type", "")}
    return values
