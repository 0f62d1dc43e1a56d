"""Verifying on the command line: `verify`, with `--anchor` against a block head that left the house; `--background` leaves it to
the worker, and `--last` says what the last such run found."""

import sys
from collections.abc import Sequence
from functools import partial

import click
from flask_babel import gettext as _

from web import db, form_files
from web.cli import command
from web.words.anchors import verdict_lines
from web.words.dates import moment
from workflow.actors import system
from workflow.errors import BadInput
from workflow.history import anchors
from workflow.verification import full_check, runs
from workflow.verification.checkpoint import lots

_SHOWN = 200


@click.command("verify")
@click.option(
    "--anchor",
    nargs=2,
    metavar="BLOCK HASH",
    help="Compare the history with the number and the hash of a block, from a paper or a message.",
)
@click.option("--background", is_flag=True, help="Leave it to the worker, and print the number of the run.")
@click.option("--whole", is_flag=True, help="Read all of the history, even where a checkpoint allows less.")
@click.option("--last", is_flag=True, help="Say what the last run of the worker found.")
@partial(command, error_status=2)
def verify(anchor: tuple[str, str] | None, background: bool, whole: bool, last: bool) -> None:
    """Verify the history, the rows and the evidence, from the checkpoint of the last whole run of the worker if there is one;
    exit status 1 if anything does not verify, or is not as the anchor
    says, and 2 if it could not be verified."""
    if (anchor is not None) + background + last > 1:
        raise BadInput("one_way_to_verify", "background")
    if background:
        click.echo(db.transaction(lambda session: runs.ask(session, system(), db.now(), whole=whole)))
        return
    if last:
        _last_run()
        return
    compared = None
    with db.read_session() as session:
        if anchor is not None:
            compared = anchors.compare(session, system(), anchors.anchor_of(*anchor))
        known = None if whole else lots.latest(session, db.now())
        findings = full_check.verify(session, form_files.store(), known)
    if compared is not None:
        for line in verdict_lines(compared):
            click.echo(line, err=not compared.holds)
    _say([(finding.code, finding.subject) for finding in findings[:_SHOWN]])
    if findings or (compared is not None and not compared.holds):
        sys.exit(1)
    click.echo("ok")
    if known is not None:
        click.echo(_read_since(known.run))


def _say(findings: Sequence[tuple[str, str]]) -> None:
    for code, subject in findings:
        click.echo(f"{code}: {subject}", err=True)


def _read_since(run: int) -> str:
    return _(
        "The history before run %(number)s was not read again where no row differs; verify --whole reads all of it.",
        number=run,
    )


def _last_run() -> None:
    with db.read_session() as session:
        found = runs.latest(session, system(), 1)
    if not found:
        raise BadInput("never_verified", "last")
    (run,) = found
    if run.ended_at is None:
        click.echo(
            _("Run %(number)s: %(done)s of %(of)s comparisons are done.", number=run.id, done=run.done, of=run.proofs)
        )
        return
    if run.failed_in is not None:
        click.echo(
            _("Run %(number)s: an error stopped it at “%(proof)s”.", number=run.id, proof=run.failed_in), err=True
        )
        sys.exit(2)
    _say(run.findings)
    if run.found:
        sys.exit(1)
    click.echo(_("Run %(number)s, ended at %(at)s: ok", number=run.id, at=moment(run.ended_at)))
    if run.since is not None:
        click.echo(_read_since(run.since))
