"""Reforms on the command line: `reform rename|merge`, for units or villages."""

from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from web import db
from web.cli import command
from web.words.labels import label
from workflow.actors import acting
from workflow.county import accounts
from workflow.county.context import the_county
from workflow.reform import reform_act
from workflow.reform.reform_holdings import Holdings

reform = AppGroup("reform", help="Reforms of units and villages.")
_paper = (
    click.option("--village", "of_villages", is_flag=True, help="Villages instead of units."),
    click.option("--document", required=True, help="Number of the paper (文号)."),
    click.option("--from", "from_day", required=True, metavar="DAY", help="First day, as 2018-11-20."),
    click.option("--reason", required=True),
    click.option("--by", required=True, metavar="NAME", help="Account of the county office that enters it."),
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
@_papers
@command
def reform_rename(what: str, name: str, name_en: str, of_villages: bool, dry_run: bool, by: str, **paper: str) -> None:
    """Give WHAT (a unit, or a village) the new NAME; the old one stays in the history and is found."""
    given = {"kind": "rename", "sources": [what], "name": name, "name_en": name_en, **paper}
    _do({**given, "subject": "village" if of_villages else "unit"}, by, dry_run)


@reform.command("merge")
@click.argument("what", nargs=-1, required=True)
@click.option("--into", default="", help="The existing unit or village that succeeds them.")
@click.option("--name", default="", help="Name of the new one that succeeds them.")
@click.option("--name-en", default="", help="Its name in English.")
@_papers
@command
def reform_merge(what: tuple[str, ...], of_villages: bool, dry_run: bool, by: str, **given: str) -> None:
    """End WHAT (units, or villages); everything open goes to the one that succeeds them."""
    asked = {"kind": "merge", "sources": list(what), "subject": "village" if of_villages else "unit", **given}
    _do(asked, by, dry_run)


def _do(given: dict[str, Any], by: str, dry_run: bool) -> None:
    now = db.now()
    with db.read_session() as session:
        the_county(session)
        person = acting(session, accounts.find_user(session, by))
        preview = reform_act.preview(session, person, now, given, whole=True)
    for held in preview.sources:
        _say(held)
    if not dry_run:
        made = db.transaction(lambda s: reform_act.apply(s, person, now, given))
        click.echo(_("Applied. Open tickets that moved: %(n)s.", n=made.content.get("tickets", 0)))


def _say(held: Holdings) -> None:
    click.echo(f"{held.code}\t{held.name}")
    for state, count in held.tickets.items():
        click.echo(f"  {label('ticket.state', state)}\t{count}")
    for name in ("duties", "papers", "rungs", "cases", "villages", "households", "accounts", "posts"):
        if count := getattr(held, name):
            click.echo(f"  {label('reform.holding', name)}\t{count}")
    for rule in held.rules:
        click.echo(f"  {rule}")
