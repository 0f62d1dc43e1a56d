"""Accounts, tokens and villages on the command line."""

from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from models import ApiToken, UserSession
from models.people import SCOPES
from web import db
from web.cli import command
from web.cli.acting import by_option, caller
from web.devices import device_of
from web.words.departures import done_sentence, held_name, outcome_of
from web.words.labels import label
from workflow.actors import Actor, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context, the_county
from workflow.county.sign_ins import api_tokens, factors, first_sign_ins, resets, sessions
from workflow.county.sign_ins.factors import FactorRules
from workflow.county.sign_ins.first_sign_ins import Slip
from workflow.errors import BadInput, Conflict
from workflow.policy.worktime import SHANGHAI
from workflow.setup.departures import departure_act, departure_plan, holdings
from workflow.setup.new_names import new_village

user = AppGroup("user", help="Accounts.")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True)
@click.option("--unit")
@click.option("--village")
@click.option("--display-name")
@command
def user_add(name: str, role: str, unit: str | None, village: str | None, display_name: str | None) -> None:
    """Add an account and print a one-time code, and nothing else, with which its owner sets the first password."""
    now = db.now()
    with db.write_session() as session:
        the_county(session)
        new = NewUser(name=name, role=role, unit=unit, village=village, display_name=display_name)
        made = accounts.create_user(session, system(), now, new)
        slips = first_sign_ins.make(session, system(), now, [made], current_app.config["CODES"])
    for slip in slips:
        click.echo(slip.code)


@user.command("reset")
@click.argument("name")
@click.option("--factor", is_flag=True, help="Remove the second factor instead; nothing is printed.")
@click.option("--emergency", default="", metavar="REASON", help="Go without the agreement of the inspectorate.")
@command
def user_reset(name: str, factor: bool, emergency: str) -> None:
    """Print a one-time code, and nothing else, with which the owner of the account NAME sets a new password.

    For an account that rules, inspects or operates the inspectorate is asked first.
    """
    now, slips = db.now(), list[Slip]()
    with db.write_session() as session:
        person = accounts.find_user(session, name)
        again = factor or person.id in first_sign_ins.had_sign_in(session, [person.id])
        what = "factor" if factor else "password"
        asked = again and not emergency and resets.must_ask(session, person, what, now)
        if asked:
            resets.ask(session, system(), now, person, what)
        elif factor:
            factors.remove(session, system(), now, person, FactorRules(), emergency)
        else:
            validity = current_app.config["CODES"]
            slips = first_sign_ins.make(session, system(), now, [person], validity, emergency=emergency)
    if asked:
        raise Conflict("reset_asked_now", name=name)
    for slip in slips:
        click.echo(slip.code)


@user.command("sessions")
@click.argument("name")
@click.option("--end", is_flag=True, help="End them all.")
@command
def user_sessions(name: str, end: bool) -> None:
    """List where the account NAME is signed in: since, last used, address, device."""
    now = db.now()
    if end:
        with db.write_session() as session:
            click.echo(sessions.end_others(session, system(), now, accounts.find_user(session, name), None))
        return
    with db.read_session() as session:
        for row in sessions.live(session, accounts.find_user(session, name), now, current_app.config["SESSIONS"]):
            at = [moment.astimezone(SHANGHAI).isoformat(timespec="seconds") for moment in _used(row)]
            click.echo("\t".join([*at, row.address or "", device_of(row.device)]))


def _used(row: UserSession) -> tuple[datetime, datetime]:
    return row.created_at, row.seen_at or row.created_at


def _departing(work: Any) -> Any:
    for option in reversed(
        (
            click.argument("name"),
            click.option(
                "--to", "to", multiple=True, metavar="WHAT=NAME", help="Who takes over a kind or a single item."
            ),
            click.option("--document", default="", help="Number of the paper by which posts change (文号)."),
            click.option("--day", default="", help="First day in post of those who follow."),
            by_option,
            click.option("--dry-run", is_flag=True, help="Show what would happen without saving anything."),
        )
    ):
        work = option(work)
    return work


@user.command("holds")
@click.argument("name")
@by_option
@command
def user_holds(name: str, by: str) -> None:
    """List what an account holds: the key that --to names, what it is, and when it is due or ends."""
    with db.read_session() as session:
        _list_held(session, caller(session, by), name)


def _list_held(session: Session, actor: Actor, name: str) -> None:
    person = departure_plan.person(session, actor, name)
    setting = county_context(session)
    for held in holdings.of_person(session, person, db.now()):
        click.echo(f"{held.key}\t{label('holding', held.kind)}\t{held_name(held, setting)}")


@user.command("leave")
@_departing
@command
def user_leave(name: str, by: str, dry_run: bool, **given: Any) -> None:
    """Close the account NAME and hand on what its person holds."""
    _depart(name, by, dry_run, given)


@user.command("move")
@click.option("--unit", default="", help="The unit that the person moves to.")
@click.option("--village", default="", help="The village that a cadre moves to.")
@_departing
@command
def user_move(name: str, by: str, dry_run: bool, **given: Any) -> None:
    """Move the account NAME to another unit or village and hand on what its person holds."""
    if not given["unit"] and not given["village"]:
        raise BadInput("missing", "unit")
    _depart(name, by, dry_run, given)


def _depart(name: str, by: str, dry_run: bool, given: dict[str, Any]) -> None:
    parts = [text.rpartition("=") for text in given.pop("to")]
    given["to"] = {key: heir for key, _equals, heir in parts}
    with db.write_session() as session:
        actor = caller(session, by)
        try:
            made = departure_act.carry_out(session, actor, db.now(), name, given)
        except (BadInput, Conflict):
            # Whoever looks first sees what is held, and then what the refusal asks for.
            if dry_run:
                session.rollback()
                _list_held(session, actor, name)
            raise
        setting = county_context(session)
        for each in made.handings:
            click.echo(f"{each.held.key}\t{held_name(each.held, setting)}\t{outcome_of([each])}")
        said = done_sentence(made, setting)
        if dry_run:
            session.rollback()
            return
    click.echo(said)


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


tokens = AppGroup("tokens", help="Tokens for programs, each for some scopes.")
by_scope = click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help=f"What it is for, once or more: {', '.join(SCOPES)}; or full.",
)


@tokens.command("list")
@click.argument("name")
@command
def tokens_list(name: str) -> None:
    """List the tokens of the account NAME: number, name, scopes, made, until, last used, from where."""
    now = db.now()
    with db.read_session() as session:
        for row in api_tokens.live(session, accounts.find_user(session, name), now):
            at = [moment.astimezone(SHANGHAI).isoformat(timespec="seconds") if moment else "" for moment in _span(row)]
            click.echo("\t".join([str(row.id), row.name, row.scopes, *at, row.used_from or ""]))


def _span(row: ApiToken) -> tuple[datetime, datetime | None, datetime | None]:
    return row.created_at, row.expires_at, row.used_at


@tokens.command("add")
@click.argument("name")
@click.argument("program")
@by_scope
@click.option("--days", type=int, help="For how many days it is good; until it is withdrawn if left out.")
@command
def tokens_add(name: str, program: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Print a token of the account NAME for a PROGRAM, and nothing else."""
    now = db.now()
    with db.write_session() as session:
        person = accounts.find_user(session, name)
        issued = api_tokens.make(session, system(), now, person, api_tokens.asked(program, scopes, days, now))
    click.echo(issued)


@tokens.command("withdraw")
@click.argument("name")
@click.argument("number", type=int)
@command
def tokens_withdraw(name: str, number: int) -> None:
    """Withdraw the token NUMBER of the account NAME."""
    with db.write_session() as session:
        api_tokens.withdraw(session, system(), db.now(), accounts.find_user(session, name), number)


village = AppGroup("village", help="Villages.")


@village.command("add")
@click.argument("name")
@click.option("--town", required=True)
@click.option("--code", help="The village's code; made from the town's if left out.")
@click.option("--another", is_flag=True, help="A name near a known one is another village's.")
@command
def village_add(name: str, town: str, code: str | None, another: bool) -> None:
    """Add a village to a town and print its code."""
    with db.write_session() as session:
        the_county(session)
        made = new_village(session, system(), db.now(), name=name, town=town, code=code, another=another)
        click.echo(made.code)


PEOPLE = (user, village, token, tokens)
