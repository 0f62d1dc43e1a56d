"""Random checks on the command line: `random-check draw|verify`."""

from functools import partial

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from models import RandomDraw
from models.engine import reading, writing
from web import db
from web.cli import command, draws
from workflow.errors import BadInput
from workflow.register.random_checks import household_draw, rechecks

random_check = AppGroup("random-check", help="Random checks of households (入户抽查).")
_DRAWS = draws.Draws(
    RandomDraw,
    RandomDraw.period,
    household_draw.span_of,
    household_draw.repeated,
    lambda text: BadInput("bad_period", "period", period=text),
    lambda text: BadInput("no_such_household_draw", "period", period=text),
)


@random_check.command("draw")
@command
def random_draw() -> None:
    """Draw every period that is due and not drawn yet, and give out rechecks; the worker does so when a period is over."""
    engine = db.engine()
    for period in household_draw.run(partial(reading, engine), partial(writing, engine), db.now()):
        click.echo(period)
    rechecks.run(partial(reading, engine), partial(writing, engine), db.now())


@random_check.command("verify")
@click.argument("period", required=False)
@command
def random_verify(period: str | None) -> None:
    """Repeat the draw of PERIOD (2018-11, 2018-Q4), or of every period; exit status 1 if it differs."""
    draws.verify(_DRAWS, period, _("%(n)s of %(of)s households"))
