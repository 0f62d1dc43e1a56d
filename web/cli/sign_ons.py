"""Sign-ons on the command line: `sign-on link`, `sign-on list` and `sign-on end`, as the administrator's page of accounts."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from web import db
from web.cli import command
from web.sign_on import flow
from workflow.actors import system
from workflow.county import accounts
from workflow.county.sign_ins import sign_ons
from workflow.policy.worktime import SHANGHAI

sign_on = AppGroup("sign-on", help="Accounts bound to another sign-in (统一登录).")


@sign_on.command("link")
@click.argument("name")
@click.argument("way")
@command
def link(name: str, way: str) -> None:
    """Print a one-time link, and nothing else, with which the owner of the account NAME binds it; WAY: oidc, wecom or dingtalk."""
    flow.require(way)
    with db.write_session() as session:
        made = sign_ons.make_link(session, system(), db.now(), accounts.find_user(session, name), way)
    there = current_app.url_map.bind("localhost").build("pages.sign_on_link", {"code": made.code})
    click.echo(current_app.config["SITE"].rstrip("/") + there)


@sign_on.command("list")
@click.argument("name")
@command
def bindings(name: str) -> None:
    """List the bindings of the account NAME: the way, since when, last used."""
    with db.read_session() as session:
        for row in sign_ons.of_accounts(session, [accounts.find_user(session, name).id]):
            click.echo("\t".join([row.way, _shown(row.bound_at), _shown(row.used_at)]))


@sign_on.command("end")
@click.argument("name")
@click.argument("way")
@command
def end(name: str, way: str) -> None:
    """End the binding of the account NAME of one WAY, with its sessions."""
    with db.write_session() as session:
        sign_ons.end(session, system(), db.now(), accounts.find_user(session, name), way)


def _shown(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds") if at else "-"
