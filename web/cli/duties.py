"""Duties on the command line: opens them by hand, as the worker does at the start of their period."""

import sys
from functools import partial

import click
from flask import current_app
from flask_babel import gettext as _

from models.engine import reading, writing
from web import db
from web.cli import command, moment
from workflow.assessment import duty_opening
from workflow.errors import BadInput


@click.command("open-duties")
@click.option("--at", help="As of this moment; now if left out.")
@click.option("--dry-run", is_flag=True, help="Say what would be opened and write nothing.")
@command
def open_duties(at: str | None, dry_run: bool) -> None:
    """Open the duties whose period has begun and that are not open yet."""
    now = moment(at) if at else db.now()
    if dry_run:
        with db.read_session() as session:
            for duty, unit, period in duty_opening.due(session, now):
                click.echo(f"{unit.code}\t{duty.code}\t{period.code}")
        return
    if now > db.now() and current_app.config["ENV_NAME"] == "production":
        raise BadInput("future_sweep")
    if at and current_app.config["ENV_NAME"] != "production":
        db.bring_clock(now)
    engine = db.engine()
    opened = duty_opening.run(partial(reading, engine), partial(writing, engine), now)
    click.echo(_("Duties opened: %(n)s", n=opened.count))
    for which, why in opened.failed.items():
        click.echo(f"{which}: {why}", err=True)
    if opened.failed:
        sys.exit(1)
