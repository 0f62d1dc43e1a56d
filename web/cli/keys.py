"""Commands of the data key: `rotate-key` turns it for rows and files, `seal-files` encrypts files stored in clear."""

import click
from flask_babel import gettext as _

from web import db, form_files
from web.cli import command
from workflow import evidence
from workflow.actors import system
from workflow.county import vault
from workflow.county.context import the_county
from workflow.errors import BadInput


def _progress(count: int) -> None:
    click.echo(f"\r{count}", nl=False, err=True)


@click.command("rotate-key")
@command
def rotate_key() -> None:
    """Encrypt all personal data and sealed files again with the first key of XIAOHAO_DATA_KEY; the other keys decrypt it until
    then."""
    with db.read_session() as session:
        the_county(session)
    # The files first: the event of the rows says that both are done.  Both keys open them meanwhile.
    files = _sealed_files()
    with db.write_session() as session:
        count = vault.rotate(session, system(), db.vault(), db.now(), _progress, files=files)
    click.echo("", err=True)
    click.echo(count)


@click.command("seal-files")
@command
def seal_files() -> None:
    """Encrypt the files that were stored in clear before XIAOHAO_SEAL_FILES was set; safe to repeat."""
    with db.read_session() as session:
        the_county(session)
    if not form_files.store().sealing:
        raise BadInput("sealing_not_set")
    files = _sealed_files()
    if files:
        with db.write_session() as session:
            vault.record_sealed_files(session, system(), db.now(), files)
    click.echo(files)


def _sealed_files() -> int:
    """Files sealed under the newest key, counted; says how many are damaged."""
    count, damaged = evidence.seal_stored(form_files.store(), _progress)
    if damaged:
        click.echo(
            _("%(count)s stored files are damaged and stay as they are; verify names them.", count=damaged), err=True
        )
    return count
