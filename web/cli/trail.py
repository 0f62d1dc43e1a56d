"""The audit trail on the command line: `trail FILE`, by an account of the inspectorate and on a ground."""

from pathlib import Path

import click

from web import db, trail_files
from web.cli import command
from web.cli.acting import by_option, caller
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.history import audit_trail
from workflow.history.grounds import OF_TRAIL
from workflow.history.trail_search import TrailSearch


@click.command("trail")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@by_option
@click.option("--ground", default="", help=f"What it is taken for: {', '.join(OF_TRAIL)}.")
@click.option("--note", default="", help="What it is taken for, in words; needed for other.")
@click.option("--person", default="", help="Sign-in name or part of a name.")
@click.option("--unit", default="", help="Code of the unit of the people who acted.")
@click.option("--act", default="", help="Kind of acts, as sign_in or exports.")
@click.option("--day", default="", help="A day, as 2018-11-20.")
@click.option("--address", default="", help="Network address.")
@command
def trail(file: Path, by: str, ground: str, note: str, unit: str, **asked: str) -> None:
    """Write the audit trail into FILE (.csv or .xlsx), the latest event first; the export is on the trail itself."""
    with db.read_session() as session:
        actor = caller(session, by)
        audit_trail.require(actor)
        found = county_context(session).by_code.get(unit)
    if unit and found is None:
        raise BadInput("unit_unknown", "unit", unit=unit[:64])
    wanted = TrailSearch(unit=found.id if found else None, **asked)
    kind = file.suffix.removeprefix(".").lower()
    content, count = trail_files.exported(actor, db.now(), kind, wanted, ground, note)
    file.write_bytes(content)
    click.echo(count)
