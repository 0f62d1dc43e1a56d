"""Random checks on the command line: `random-check draw|verify`."""

from functools import partial

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from models import RandomDraw
from models.engine import reading, writing
from web import db
from web.cli import command, draws
from workflow.county.context import the_county
from workflow.errors import BadInput
from workflow.register.random_checks import household_draw, rechecks

random_check = AppGroup("random-check", help="Random checks of households (入户抽查).")


@random_check.command("draw")
@command
def random_draw() -> None:
    """Draw every period that is due and not drawn yet, and give out rechecks; the worker does so when a period is over."""
    engine = db.county().engine
    for period in household_draw.run(partial(reading, engine), partial(writing, engine), db.now()):
        click.echo(period)
    rechecks.run(partial(reading, engine), partial(writing, engine), db.now())


@random_check.command("verify")
@click.argument("period", required=False)
@command
def random_verify(period: str | None) -> None:
    """Repeat the draw of PERIOD (2018-11, 2018-Q4), or of every period; exit status 1 if it differs."""
    if period is not None:
        try:
            household_draw.span_of(period)
        except ValueError as error:
            raise BadInput("bad_period", "period", period=period[:20]) from error
    with db.read_session() as session:
        the_county(session)
        query = select(RandomDraw).order_by(RandomDraw.id)
        rows = session.scalars(query.where(RandomDraw.period == period) if period else query).all()
        if period and not rows:
            raise BadInput("no_such_household_draw", "period", period=period)
        differing = {row.period: household_draw.repeated(session, row) for row in rows}
    samples = [(row, _("%(n)s of %(of)s households", n=row.drawn, of=row.population)) for row in rows]
    draws.tell(((row.period, sample, row.seed) for row, sample in samples), differing)
