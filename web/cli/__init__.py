"""The command line: `flask --app wsgi COMMAND`.  Exit status 0 only on success; errors are one sentence on stderr.

What only a command needs (migrations, simulation, backup, the reader of schemes) is imported by that command: a web
worker loads this module too and would carry it in its memory for nothing.

Decisions: docs/decisions/web.md
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from installation import close_files
from models.engine import guarded
from models.failures import OutcomeUnknown
from models.sealing import KeyMissing
from settings import VERSION, settings
from web import db, form_files, outages
from web.auth import HASHER
from web.text_guard import is_storable
from web.words.errors import sentence
from web.words.year_turn import reminded
from workflow.accountability import sweep_watch
from workflow.actors import system
from workflow.adoption.scheme_storing import install, year_to_install
from workflow.county.context import county_context, the_county
from workflow.errors import BadInput, WorkflowError
from workflow.evidence import StoreUnmarked, marked_store, unmarked
from workflow.inputs import whole
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI, local_date
from workflow.register.names import member_names, pinyin
from workflow.tickets.custody.rederivation import refresh_timers

#: Commands of libraries (Flask-Limiter's), found by Flask through their packages.
FOREIGN = ("limiter",)
#: How the databases say that `init` was never run.
_NO_SCHEMA = ("no such table", "does not exist\nLINE")


def fail(text: str, status: int = 1) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(status)


def command(work: Callable[..., Any], *, error_status: int = 1) -> Callable[..., Any]:
    """Run on the county's database, in the installation's language, and say what went wrong in one sentence, with this exit
    status."""

    @wraps(work)
    def known(*args: Any, **kwargs: Any) -> Any:
        db.refuse_strange(db.county().engine)
        return work(*args, **kwargs)

    return command_apart(known, error_status=error_status)


def command_apart(work: Callable[..., Any], *, error_status: int = 1) -> Callable[..., Any]:
    """The same for a command that needs no database, or looks at its schema itself."""

    @wraps(work)
    @with_appcontext
    def run(*args: Any, **kwargs: Any) -> Any:
        with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
            try:
                for name, value in kwargs.items():
                    if not is_storable(value):
                        raise BadInput("not_storable", name)
                try:
                    done = work(*args, **kwargs)
                except SystemExit:
                    db.seal_written()
                    raise
                db.seal_written()
                return done
            except WorkflowError as error:
                return fail(sentence(error), error_status)
            except KeyMissing:
                return fail(sentence(BadInput("key_missing")), error_status)
            except OutcomeUnknown:
                return fail(outages.sentence("unknown_once"), error_status)
            except StoreUnmarked:
                return fail(outages.sentence("unmarked"), error_status)
            except OSError as error:
                return fail(f"{error.filename or ''}: {error.strerror or error}", error_status)
            except DBAPIError as error:
                if any(sign in str(error.orig) for sign in _NO_SCHEMA):
                    return fail(sentence(BadInput("county_not_installed")), error_status)
                return fail(str(error.orig).splitlines()[0], error_status)

    return run


def read_file(file: Path, county: Path | None = None) -> Scheme:
    """The scheme in a file and its county's, or every problem of it with its line and remedy."""
    from workflow.policy.scheme.reader import SchemeRefused, read_scheme

    try:
        return read_scheme(file, county)
    except SchemeRefused as refused:
        language = "zh" if current_app.config["BABEL_DEFAULT_LOCALE"].startswith("zh") else "en"
        fail("\n".join(problem.sentence(language) for problem in refused.problems))


@click.command("version")
@command_apart
def version() -> None:
    """Print the version of this program, as `pyproject.toml` has it; needs no database."""
    click.echo(VERSION)


@click.command("init")
@command_apart
def init() -> None:
    """Create the schema, adopt the scheme and mark the evidence store; safe to repeat."""
    import migrations

    here = db.county()
    if here.database_url.startswith("sqlite:///"):
        Path(here.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    db.refuse_strange(here.engine, upgrading=True)
    migrations.upgrade(here.engine)
    made = read_file(Path(here.scheme), here.county_file)
    now = db.now()
    close_files(here)
    with db.write_session() as session:
        year = year_to_install(session, current_app.config["YEAR"], local_date(now))
        county = install(session, made, year, now)
        pinyin.fill_in(session)
        member_names.fill_in(session)
        refresh_timers(session)
        marked_store.demand(session)
        said = f"{county.name} {made.code} {year}"
    with db.read_session() as session:
        marked_store.mark_store(session, unmarked(here.store))
    click.echo(said)
    if current_app.config["YEAR"] is None and year < local_date(now).year:
        click.echo(reminded("late", local_date(now).year), err=True)


def moment(text: str) -> datetime:
    """An ISO moment, in UTC; read in China's time when it names no offset.  Raises BadInput."""
    try:
        at = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("bad_moment", value=text[:40]) from error


#: A limit is a matter of days; ten thousand are forty years.
MOST_DAYS = 10_000


@click.command("due")
@click.argument("start", metavar="FROM")
@click.argument("n")
@command
def due(start: str, n: str) -> None:
    """Print the end of N working days from a given time."""
    days = whole(n)
    if not days or days > MOST_DAYS:
        raise BadInput("bad_days", most=MOST_DAYS)
    with db.read_session() as session:
        setting = county_context(session)
    try:
        deadline = setting.clock.due(moment(start), days)
    except (ValueError, OverflowError) as error:
        raise BadInput("bad_moment", value=start[:40]) from error
    if setting.clock.calendar.provisional(local_date(deadline)):
        year = local_date(deadline).year
        click.echo(_("The year %(year)s is not announced yet: the date is provisional.", year=year), err=True)
    click.echo(deadline.astimezone(SHANGHAI).isoformat(timespec="seconds"))


@click.command("release")
@command
def release() -> None:
    """Confirm the clock: resume a sweep that was paused after a jump of it, or let the county be written to again."""
    with db.read_session() as session:
        the_county(session)
    db.confirm_clock()
    ended = db.transaction(lambda s: sweep_watch.release(s, system(), db.now()))
    click.echo(ended)


@click.command("demo")
@click.option("--days", type=click.IntRange(0, 400), default=60, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--households", type=click.IntRange(1, 100_000), default=800, show_default=True)
@click.pass_context
@command
def demo(ctx: click.Context, days: int, seed: int, households: int) -> None:
    """Fill an empty county with N simulated days up to now, and print an account per role."""
    ctx.invoke(init)

    def progress(day: int, of: int) -> None:
        if day % 10 == 0 or day == of:
            click.echo(f"{day}/{of}", err=True)

    from simulation import demo as living

    passwords = living.run(
        # It lives through days of its own.
        guarded(db.county().engine, None),
        form_files.store(),
        db.now(),
        living.Scale(days=days, seed=seed, households=households),
        hash_password=HASHER.hash,
        progress=progress,
        vault=db.vault(),
    )
    for role, name, password in passwords:
        click.echo(f"{role}\t{name}\t{password}")


def register(app: Flask) -> None:
    """Registers the commands with the app."""
    settings()
    from web.cli.bulk_lists import bulk_list
    from web.cli.calendar import calendar
    from web.cli.county_books import COUNTY_SETUP
    from web.cli.duties import open_duties
    from web.cli.import_changes import IMPORTS
    from web.cli.keeping import backup, restore, tidy
    from web.cli.keys import rotate_key, seal_files
    from web.cli.notify import notify
    from web.cli.people import PEOPLE
    from web.cli.posts import post
    from web.cli.random_checks import random_check
    from web.cli.ranking import rank
    from web.cli.reforms import reform
    from web.cli.schemes import scheme
    from web.cli.sign_ons import sign_on
    from web.cli.spots import spot_check
    from web.cli.sweeping import sweep
    from web.cli.trail import trail
    from web.cli.verifying import verify
    from web.cli.year import turn_year

    every = (
        version,
        init,
        *PEOPLE,
        due,
        calendar,
        sweep,
        open_duties,
        release,
        notify,
        rank,
        random_check,
        spot_check,
        *IMPORTS,
        bulk_list,
        *COUNTY_SETUP,
        rotate_key,
        seal_files,
        verify,
        trail,
        backup,
        restore,
        tidy,
        demo,
        scheme,
        reform,
        post,
        sign_on,
        turn_year,
    )
    for entry in every:
        app.cli.add_command(entry)
    _hide_foreign()


def _hide_foreign() -> None:
    """Takes the commands that a library registers for itself out of the list, and runs none of them: they know nothing of the
    county, and what they show or clear is one process's.  Raises UsageError.

    Flask finds them before it loads the application, so the help of `limiter` itself cannot be taken away here.
    """
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(group := context.find_root().command, click.Group):
        for name in FOREIGN:
            group.commands.pop(name, None)
        if (asked := context.find_root().invoked_subcommand) in FOREIGN:
            raise click.UsageError(f"No such command '{asked}'.", ctx=context.find_root())
