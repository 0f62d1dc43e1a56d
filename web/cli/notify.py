"""Messages on the command line: who would be notified of an event and why, and returned mail."""

import sys
from typing import BinaryIO

import click
from flask.cli import AppGroup

from models import LARGEST_ID, Event
from notifications import addresses
from notifications.bounces import failed_addresses
from notifications.preview import preview as previewed
from notifications.preview import rule, words
from web import db
from web.cli import command
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.policy.worktime import SHANGHAI

notify = AppGroup("notify", help="Messages.")


@notify.command("preview")
@click.argument("event")
@command
def preview(event: str) -> None:
    """Show the messages of an event (its id): recipients, channels, times and reasons; nothing is sent."""
    number = whole(event)
    if not number or number > LARGEST_ID:
        raise BadInput("no_such_event", "event")
    with db.read_session() as session:
        row = session.get(Event, number)
        if row is None:
            raise BadInput("no_such_event", "event")
        click.echo(f"{row.id}\t{row.action}\t{row.subject_type} {row.subject_id}\t{rule(row)}")
        if said := words(session, row):
            click.echo("\t".join(said))
        for line in previewed(session, row, db.now()):
            at = line.at.astimezone(SHANGHAI).isoformat(timespec="minutes") if line.at else "-"
            instead = f"{line.why}; in place of {line.instead_of}" if line.instead_of else line.why
            click.echo(f"{line.name}\t{line.unit}\t{line.channel}\t{at}\t{instead}")


@notify.command("bounce")
@click.argument("file", type=click.File("rb"), default="-")
@command
def bounce(file: BinaryIO) -> None:
    """Read a returned mail from standard input and mark the address that failed; a mail server pipes it here."""
    failed = failed_addresses(file.read())
    with db.write_session() as session:
        hit = sum(addresses.bounced(session, address, db.now(), db.vault()) for address in failed)
    click.echo(hit)
    if not failed:
        sys.exit(1)
