"""Draws on the command line: what `spot-check verify` and `random-check verify` repeat and print."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from web import db
from workflow.county.context import the_county
from workflow.errors import BadInput


@dataclass(frozen=True, slots=True)
class Draws:
    """One kind of draws: the column of the drawn period with its parser, the function that repeats a draw and says what
    differs, and the refusals of a period that is none and of one without a draw."""

    table: type[Any]
    period: InstrumentedAttribute[str]
    span_of: Callable[[str], Any]
    repeated: Callable[[Session, Any], Sequence[str]]
    malformed: Callable[[str], BadInput]
    unknown: Callable[[str], BadInput]


def verify(draws: Draws, period: str | None, sample: str) -> None:
    """Repeat the draw of a period, or of every one: each with its sample (a sentence with `n` and `of`) and seed; what
    differs on stderr, and exit status 1 if anything does.  Raises BadInput."""
    if period is not None:
        try:
            draws.span_of(period)
        except ValueError as error:
            raise draws.malformed(period[:20]) from error
    with db.read_session() as session:
        the_county(session)
        query = select(draws.table).order_by(draws.table.id)
        rows = session.scalars(query.where(draws.period == period) if period else query).all()
        if period and not rows:
            raise draws.unknown(period)
        differing = {getattr(row, draws.period.key): draws.repeated(session, row) for row in rows}
    for row in rows:
        click.echo(
            "\t".join((getattr(row, draws.period.key), sample % {"n": row.drawn, "of": row.population}, row.seed))
        )
    for drawn, codes in differing.items():
        for code in codes:
            click.echo(f"{code}: {drawn}", err=True)
    if any(differing.values()):
        sys.exit(1)
