"""Draws on the command line: what `spot-check verify` and `random-check verify` print."""

import sys
from collections.abc import Iterable, Mapping, Sequence

import click


def tell(lines: Iterable[tuple[str, str, str]], differing: Mapping[str, Sequence[str]]) -> None:
    """Each draw with its sample and seed; what differs on stderr, and exit status 1 if anything does."""
    for line in lines:
        click.echo("\t".join(line))
    for period, codes in differing.items():
        for code in codes:
            click.echo(f"{code}: {period}", err=True)
    if any(differing.values()):
        sys.exit(1)
