"""Verifying on the command line: `verify`, with `--anchor` against a block head that left the house."""

import sys

import click

from web import db, form_files
from web.cli import command
from web.words.anchors import verdict_lines
from workflow.actors import system
from workflow.history import anchors
from workflow.verification import full_check

_SHOWN = 200


@click.command("verify")
@click.option(
    "--anchor",
    nargs=2,
    metavar="BLOCK HASH",
    help="Compare the history with the number and the hash of a block, from a paper or a message.",
)
@command
def verify(anchor: tuple[str, str] | None) -> None:
    """Verify the history, the rows and the evidence; exit status 1 if anything does not verify, or is not as the anchor
    says."""
    compared = None
    with db.read_session() as session:
        if anchor is not None:
            compared = anchors.compare(session, system(), anchors.anchor_of(*anchor))
        findings = full_check.verify(session, form_files.store())
    if compared is not None:
        for line in verdict_lines(compared):
            click.echo(line, err=not compared.holds)
    for finding in findings[:_SHOWN]:
        click.echo(f"{finding.code}: {finding.subject}", err=True)
    if findings or (compared is not None and not compared.holds):
        sys.exit(1)
    click.echo("ok")
