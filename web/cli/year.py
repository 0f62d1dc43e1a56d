"""The turn of the year on the command line: `turn-year`."""

import click
from flask import current_app

from web import db
from web.cli import command
from web.cli.acting import by_option, caller
from web.words import year_turn as words
from web.words.errors import sentence
from workflow.adoption import year_turn
from workflow.assessment import duty_opening
from workflow.county.context import county_context
from workflow.errors import Conflict


@click.command("turn-year")
@by_option
@click.option("--dry-run", is_flag=True, help="Show what it would do without saving anything.")
@command
def turn_year(by: str, dry_run: bool) -> None:
    """Prepare the next assessment year: from its first day on, or from today if it has begun.  A second run changes nothing."""
    now, fixed = db.now(), current_app.config["YEAR"]
    with db.read_session() as session:
        person, setting = caller(session, by), county_context(session, at=now)
        try:
            wanted = year_turn.preview(session, person, now, fixed)
        except Conflict as refusal:
            if refusal.code != "year_prepared":
                raise
            click.echo(sentence(refusal))
            return
        opening = duty_opening.of_year(setting, wanted.scheme, wanted.year, wanted.from_day)
        parts = words.parts(wanted, setting, opening)
    for part in parts:
        click.echo(part.title)
        for line in part.lines:
            click.echo(f"  {line}")
    if not dry_run:
        row = db.transaction(lambda session: year_turn.turn(session, person, now, fixed, wanted.seen))
        click.echo(f"{wanted.year} {row.from_day.isoformat()}")
