"""Spot checks on the command line: `spot-check draw|verify`."""

from functools import partial

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from models import SpotDraw
from models.engine import reading, writing
from web import db
from web.cli import command, draws
from workflow.accountability.oversight import monthly_draw
from workflow.errors import BadInput

spot_check = AppGroup("spot-check", help="Spot checks (抽查).")
_DRAWS = draws.Draws(
    SpotDraw,
    SpotDraw.month,
    monthly_draw.span_of,
    monthly_draw.drawn_again,
    lambda text: BadInput("bad_month", "month", month=text),
    lambda text: BadInput("no_such_draw", "month", month=text),
)


@spot_check.command("draw")
@command
def spot_draw() -> None:
    """Draw every month that is due and not drawn yet; the worker does so on the 1st."""
    engine = db.engine()
    for month in monthly_draw.run(partial(reading, engine), partial(writing, engine), db.now()):
        click.echo(month)


@spot_check.command("verify")
@click.argument("month", required=False)
@command
def spot_verify(month: str | None) -> None:
    """Repeat the draw of MONTH (2018-11), or of every month, from the history; exit status 1 if it differs."""
    draws.verify(_DRAWS, month, _("%(n)s of %(of)s"))
