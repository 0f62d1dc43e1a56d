"""Villages: which are listed poor ones and how many registered poor people they have, entered by the county office; and
their surveyed incomes, entered by the unit that surveys."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import Village
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from web.pages.pasted_columns import fill_in
from workflow import folding
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed, WorkflowError
from workflow.inputs import whole
from workflow.register.counted import village_history, village_surveys
from workflow.register.counted import villages as records
from workflow.register.counted.villages import Description
from workflow.setup.new_names import new_village
from workflow.tickets.views.search import cleaned


@blueprint.get("/villages")
def villages() -> Page:
    """The villages by town."""
    return _villages_page()


def _villages_page(error: WorkflowError | None = None, boxes: Mapping[str, str] | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        lines = records.listed(session, actor)
        changes = village_history.changes(session, [line.village.id for line in lines])
    query, sort = cleaned(request.values.get("q")), request.values.get("sort", "")
    if query:
        lines = [line for line in lines if query in line.town.name + line.village.name]
    if sort == "people":
        lines.sort(key=lambda line: -(line.village.poor_people or 0))
    return render_form(
        "county/villages.html",
        error,
        changes=changes,
        tried="add" if request.endpoint == "pages.add_village" else None,
        q=query,
        sort=sort,
        setting=setting,
        lines=lines,
        may=records.may_describe(actor),
        near=error is not None and error.code == "name_near",
        surveys=setting.scheme.village_income is not None,
        typed={**request.form.to_dict(), **(boxes or {})},
        sent=request.method == "POST",
        field=str(error.params.get("box") or "") or None if error is not None else None,
    )


@blueprint.post("/villages")
@form_action(lambda error: _villages_page(error), passes=())
def describe_villages() -> Step | Page:
    """Record what changed; with `act` the numbers are only filled in from pasted lines."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    with db.read_session() as session:
        lines = records.listed(session, actor)
    if form.get("act") == "fill":
        rows = {line.village.code: _names(line.village, line.town.name) for line in lines}
        return _villages_page(boxes=fill_in(form.get("pasted", ""), rows, ["people"]))
    given = {}
    for village in (line.village for line in lines if f"people-{line.village.code}" in form):
        text = form.get(box := f"people-{village.code}", "").strip()
        people = whole(text, records.MOST_PEOPLE) if text else None
        if text and people is None:
            raise BadInput("poor_people", "villages", village=village.name, most=records.MOST_PEOPLE, box=box)
        given[village.code] = Description(bool(form.get(f"listed-{village.code}")), people)

    def step(session: Session) -> Done:
        changed = records.describe(session, actor, now, given, form.get("reason", ""))
        return Done(url_for("pages.villages"), _("Villages changed: %(n)s.", n=changed))

    return step


@blueprint.post("/villages/add")
@form_action(lambda error: _villages_page(error), passes=())
def add_village() -> Step:
    """Add a village to a town."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    if not records.may_describe(actor):
        raise NotAllowed("villages_not_yours")

    def step(session: Session) -> Done:
        given = {name: form.get(name, "") for name in ("name", "town")}
        made = new_village(session, actor, now, **given, another=form.get("another") == "1")
        return Done(url_for("pages.villages", q=made.name), _("The village %(name)s was added.", name=made.name))

    return step


returns_to("/villages/add", "villages")


@blueprint.get("/villages/incomes")
def village_incomes() -> Page:
    """The listed villages with their income a head; with `carry` the boxes hold those recorded last."""
    return _incomes_page()


def _incomes_page(error: WorkflowError | None = None, boxes: Mapping[str, str] | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        lines = village_surveys.listed(session, actor, setting, setting.year)
        may = village_surveys.may_enter(actor, setting)
    typed = {**request.form.to_dict(), **(boxes or {})}
    if request.args.get("carry"):
        last = {line.village.code: line.income or line.before for line in lines}
        typed |= {f"income-{code}": f"{row.income_fen / 100:.2f}" for code, row in last.items() if row is not None}
    return render_form(
        "county/village_incomes.html",
        error,
        setting=setting,
        lines=lines,
        may=may,
        line_fen=records.income_line_fen(setting, setting.year),
        average=setting.scheme.average_income(setting.year),
        typed=typed,
        field=str(error.params.get("box") or "") or None if error is not None else None,
    )


@blueprint.post("/villages/incomes")
@form_action(lambda error: _incomes_page(error), passes=())
def survey_villages() -> Step | Page:
    """Record the incomes; with `act` the boxes are only filled in from pasted lines."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    with db.read_session() as session:
        lines = village_surveys.listed(session, actor, setting := county_context(session), setting.year)
    if form.get("act") == "fill":
        rows = {line.village.code: _names(line.village, setting.unit(line.village.town_id).name) for line in lines}
        return _incomes_page(boxes=fill_in(form.get("pasted", ""), rows, ["income"]))
    incomes = {
        line.village.code: _fen(form[name], line.village, name)
        for line in lines
        if form.get(name := f"income-{line.village.code}", "").strip()
    }
    if not incomes:
        raise BadInput("missing", "incomes")

    def step(session: Session) -> Done:
        made = village_surveys.record(
            session, actor, county_context(session), now, incomes, form.get("source", ""), form.get("reason", "")
        )
        return Done(url_for("pages.village_incomes"), _("Figures recorded: %(n)s.", n=made))

    return step


def _fen(text: str, village: Village, box: str) -> int:
    """Yuan with at most two decimals, in fen.  Raises BadInput."""
    try:
        bare = folding.plain_number(text)
        amount = Decimal(bare) if bare.isascii() and len(bare) < 20 else Decimal("NaN")
        if not amount.is_finite() or amount != round(amount, 2):
            raise InvalidOperation
    except InvalidOperation as error:
        raise BadInput("survey_income", "incomes", village=village.name, box=box) from error
    return int(amount * 100)


def _names(village: Village, town: str) -> list[str]:
    """By what a pasted line may call a village: its name, its town and name, or its code."""
    return [village.name, town + village.name, village.code]
