"""Commands that keep what there is: backup, restore, and clearing away bytes that nothing names."""

from pathlib import Path

import click
from flask import current_app

from web import db, form_files
from web.cli import command, command_apart
from workflow import evidence


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@command
def backup(file: Path) -> None:
    """Write the database and the evidence to one file."""
    from web import backup as keeping

    tools = current_app.config["PG_BIN"]
    keeping.backup(db.county().engine, form_files.store(), file, db.now(), tools)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@command_apart
def restore(file: Path) -> None:
    """Verify a backup and restore it; stop web and worker first."""
    from web import backup as keeping

    # A backup is older than the clock may be ahead of a county's records.
    db.confirm_clock()
    db.refuse_doubtful_clock()
    keeping.restore(db.engine(), form_files.store(), file, db.now(), current_app.config["PG_BIN"])
    click.echo("ok")


@click.command("tidy")
@click.option("--dry-run", is_flag=True, help="Count without removing anything.")
@command
def tidy(dry_run: bool) -> None:
    """Remove uploaded files older than a day that no row refers to; the worker does so every night."""
    if not dry_run:
        db.refuse_doubtful_clock()
    with db.read_session() as session:
        click.echo(evidence.tidy(session, form_files.store(), db.now(), dry_run=dry_run))
