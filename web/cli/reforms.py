"""Reforms on the command line: `reform rename|merge|split|move|planned|withdraw`."""

from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from models import PlannedReform, Unit, UnitAlias
from web import db
from web.cli import command
from web.cli.acting import caller
from web.words.labels import label
from workflow.actors import system
from workflow.county.context import the_county
from workflow.errors import BadInput
from workflow.reform import planned_reforms, reform_act, reform_lists
from workflow.reform.reform_holdings import Holdings

reform = AppGroup("reform", help="Reforms of units and villages.")
_of_villages = click.option("--village", "of_villages", is_flag=True, help="Villages instead of units.")
_paper = (
    click.option("--document", required=True, help="Number of the paper (文号)."),
    click.option(
        "--from",
        "from_day",
        required=True,
        metavar="DAY",
        help="First day, as 2018-11-20; one to come is recorded and applied on it.",
    ),
    click.option("--reason", required=True),
    click.option("--by", required=True, metavar="NAME", help="Account of the county office that enters it."),
    click.option("--another", is_flag=True, help="A new name near a known one is another's."),
    click.option("--dry-run", is_flag=True, help="Show what would move without saving anything."),
)


def _papers(work: Any) -> Any:
    for option in reversed(_paper):
        work = option(work)
    return work


@reform.command("rename")
@click.argument("what")
@click.argument("name")
@click.option("--name-en", default="", help="New name in English.")
@_of_villages
@_papers
@command
def reform_rename(what: str, name: str, name_en: str, of_villages: bool, dry_run: bool, by: str, **paper: Any) -> None:
    """Give WHAT (a unit, or a village) the new NAME; the old one stays in the history and is found."""
    given = {"kind": "rename", "sources": [what], "name": name, "name_en": name_en, **paper}
    _do({**given, "subject": "village" if of_villages else "unit"}, by, dry_run)


@reform.command("merge")
@click.argument("what", nargs=-1, required=True)
@click.option(
    "--into",
    default="",
    help="The existing unit or village that succeeds them, or the bureau at which the office is set up.",
)
@click.option("--name", default="", help="Name of the new one that succeeds them.")
@click.option("--name-en", default="", help="Its name in English.")
@_of_villages
@_papers
@command
def reform_merge(what: tuple[str, ...], of_villages: bool, dry_run: bool, by: str, **given: Any) -> None:
    """End WHAT (units, or villages); everything open goes to the one that succeeds them.

    The office merged into a bureau stays a unit of its own, set up there: under --name, or without one as it is.
    """
    asked = {"kind": "merge", "sources": list(what), "subject": "village" if of_villages else "unit", **given}
    _do(asked, by, dry_run)


@reform.command("split")
@click.argument("what")
@click.option("--to", "names", multiple=True, required=True, help="A successor, existing or new; at least two.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND=N", help="The N-th successor has this kind of ticket.")
@click.option("--item", "items", multiple=True, metavar="ITEM=N", help="… this item of the notice.")
@click.option("--part", "villages", multiple=True, metavar="VILLAGE=N", help="… this village of a town.")
@click.option("--account", "accounts", multiple=True, metavar="NAME=N", help="… this account.")
@_papers
@command
def reform_split(what: str, names: tuple[str, ...], dry_run: bool, by: str, **given: Any) -> None:
    """End WHAT (a unit) with several successors; the first has what no other is given."""
    known = {unit for row in _units() for unit in row}
    parts: list[dict[str, Any]] = [{"into" if name in known else "name": name} for name in names]
    for sort in ("kinds", "items", "villages", "accounts"):
        for text in given.pop(sort):
            topic, _equals, number = text.rpartition("=")
            if not number.isdigit() or not 1 <= int(number) <= len(parts):
                raise BadInput("part_number", "parts", text=text[:64], most=len(parts))
            parts[int(number) - 1].setdefault(sort, []).append(topic)
    _do({"kind": "split", "subject": "unit", "sources": [what], "parts": parts, **given}, by, dry_run)


@reform.command("move")
@click.argument("what", nargs=-1, required=True)
@click.option("--into", required=True, help="The town that gets them.")
@_papers
@command
def reform_move(what: tuple[str, ...], dry_run: bool, by: str, **given: Any) -> None:
    """Give WHAT (villages) to another town, with households, cadres and open tickets."""
    _do({"kind": "move", "subject": "village", "sources": list(what), **given}, by, dry_run)


@reform.command("planned")
@command
def reform_planned() -> None:
    """List the reforms that wait for their day: number, day, document, what changes."""
    with db.read_session() as session:
        lines = reform_lists.planned(session, system())
    for line in lines:
        names = ("、".join(line.before), "、".join(line.after), label("reform.state", line.row.state))
        click.echo("\t".join((str(line.row.id), line.row.from_day.isoformat(), line.row.document, *names)))


@reform.command("withdraw")
@click.argument("number", type=int)
@click.option("--by", required=True, metavar="NAME", help="Account of the county office that withdraws it.")
@command
def reform_withdraw(number: int, by: str) -> None:
    """Withdraw the reform with NUMBER before its day."""
    with db.read_session() as session:
        person = caller(session, by)
    db.transaction(lambda s: planned_reforms.withdraw(s, person, db.now(), number))
    click.echo(_("Withdrawn. Nothing changes."))


def _units() -> list[tuple[str, ...]]:
    with db.read_session() as session:
        living = Unit.ended_on.is_(None)
        rows = session.execute(select(Unit.code, Unit.name).where(living)).all()
        aliases = select(UnitAlias.alias).join(Unit, Unit.id == UnitAlias.unit_id).where(living)
        return [(row[0], row[1]) for row in rows] + [(name,) for name in session.scalars(aliases)]


def _do(given: dict[str, Any], by: str, dry_run: bool) -> None:
    now = db.now()
    with db.read_session() as session:
        the_county(session)
        person = caller(session, by)
        preview = reform_act.preview(session, person, now, given, whole=True)
    for held in preview.sources:
        _say(held)
    if not dry_run:
        made = db.transaction(lambda s: planned_reforms.enter(s, person, now, given))
        if isinstance(made, PlannedReform):
            click.echo(_("Recorded. It is applied at the beginning of its day."))
        else:
            click.echo(_("Applied. Open tickets that moved: %(n)s.", n=made.content.get("tickets", 0)))


def _say(held: Holdings) -> None:
    click.echo(f"{held.code}\t{held.name}")
    for state, count in held.tickets.items():
        click.echo(f"  {label('ticket.state', state)}\t{count}")
    for name in (
        "duties",
        "papers",
        "rungs",
        "cases",
        "villages",
        "households",
        "accounts",
        "programs",
        "posts",
        "robots",
    ):
        if count := getattr(held, name):
            click.echo(f"  {label('reform.holding', name)}\t{count}")
    for rule in held.rules:
        click.echo(f"  {rule}")
