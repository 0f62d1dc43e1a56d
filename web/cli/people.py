"""Accounts, tokens and villages on the command line."""

import secrets

import click
from flask.cli import AppGroup

from web import db
from web.auth import HASHER
from web.cli import command
from workflow.actors import system
from workflow.adoption.scheme_storing import add_village
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import the_county

user = AppGroup("user", help="Accounts.")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True)
@click.option("--unit")
@click.option("--village")
@click.option("--display-name")
@command
def user_add(name: str, role: str, unit: str | None, village: str | None, display_name: str | None) -> None:
    """Add an account and print its random password."""
    password = secrets.token_urlsafe(9)
    hashed = HASHER.hash(password)
    with db.write_session() as session:
        the_county(session)
        accounts.create_user(
            session,
            system(),
            db.now(),
            NewUser(name=name, role=role, unit=unit, village=village, display_name=display_name, password_hash=hashed),
        )
    click.echo(password)


@click.command("token")
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Withdraw every token of the account instead.")
@command
def token(name: str, revoke: bool) -> None:
    """Print a bearer token for an account, and nothing else."""
    with db.write_session() as session:
        person = accounts.find_user(session, name)
        if revoke:
            accounts.revoke_tokens(session, system(), person, db.now())
            return
        issued = accounts.issue_token(session, person, db.now())
    click.echo(issued)


village = AppGroup("village", help="Villages.")


@village.command("add")
@click.argument("name")
@click.option("--town", required=True)
@click.option("--code", help="The village's code; made from the town's if left out.")
@command
def village_add(name: str, town: str, code: str | None) -> None:
    """Add a village to a town and print its code."""
    with db.write_session() as session:
        the_county(session)
        made = add_village(session, system(), db.now(), name=name, town=town, code=code)
        click.echo(made.code)
