"""Spot checks on the command line: `spot-check draw|verify`."""

from functools import partial

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from models import SpotDraw
from models.engine import reading, writing
from web import db
from web.cli import command, draws
from workflow.accountability.oversight import monthly_draw
from workflow.county.context import the_county
from workflow.errors import BadInput

spot_check = AppGroup("spot-check", help="Spot checks (抽查).")


@spot_check.command("draw")
@command
def spot_draw() -> None:
    """Draw every month that is due and not drawn yet; the worker does so on the 1st."""
    engine = db.county().engine
    for month in monthly_draw.run(partial(reading, engine), partial(writing, engine), db.now()):
        click.echo(month)


@spot_check.command("verify")
@click.argument("month", required=False)
@command
def spot_verify(month: str | None) -> None:
    """Repeat the draw of MONTH (2018-11), or of every month, from the history; exit status 1 if it differs."""
    if month is not None:
        try:
            monthly_draw.span_of(month)
        except ValueError as error:
            raise BadInput("bad_month", "month", month=month[:20]) from error
    with db.read_session() as session:
        the_county(session)
        query = select(SpotDraw).order_by(SpotDraw.month)
        rows = session.scalars(query.where(SpotDraw.month == month) if month else query).all()
        if month and not rows:
            raise BadInput("no_such_draw", "month", month=month)
        differing = {row.month: monthly_draw.drawn_again(session, row) for row in rows}
    samples = [(row, _("%(n)s of %(of)s", n=row.drawn, of=row.population)) for row in rows]
    draws.tell(((row.month, sample, row.seed) for row, sample in samples), differing)
