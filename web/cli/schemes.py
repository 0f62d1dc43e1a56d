"""Schemes on the command line: `scheme check FILE` and `scheme diff OLD NEW`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import LARGEST_NUMBER
from web import db
from web.cli import command_apart, fail, read_file
from web.words import scheme_changes
from workflow.actors import system
from workflow.adoption import scheme_adoption
from workflow.adoption.impact import effects
from workflow.county.context import county_context, scheme_of, the_county
from workflow.county.unfilled_roles import vacancies
from workflow.errors import BadInput
from workflow.inputs import whole
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date
from workflow.reform import reform_holdings

scheme = AppGroup("scheme", help="Policy files.")


_COUNTY = click.option(
    "--county",
    type=click.Path(path_type=Path),
    help="The county's part; else XIAOHAO_COUNTY_FILE, else as the scheme says.",
)


@scheme.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@_COUNTY
@command_apart
def scheme_check(file: Path, county: Path | None) -> None:
    """Check a scheme with its county's part and print every problem with file, line and remedy; warn of limits shorter than
    the law gives, and of averages that end."""
    from workflow.policy.scheme.reader import cautions_of, texts_of

    county = county or db.county().county_file
    reading = read_file(file, county)
    language = "zh" if current_app.config["BABEL_DEFAULT_LOCALE"].startswith("zh") else "en"
    for problem in cautions_of(texts_of(file, county), local_date(db.now()).year):
        click.echo(_("Warning: %(problem)s", problem=problem.sentence(language)), err=True)
    click.echo(f"{reading.code} {reading.content_hash}")


@scheme.command("diff")
@click.argument("old")
@click.argument("new")
@_COUNTY
@command_apart
def scheme_diff(old: str, new: str, county: Path | None) -> None:
    """Show what NEW changes against OLD, and what it would have changed for the last year's tickets.

    OLD and NEW are files, or versions the county holds: @3 is the third, @ the one in force.
    """
    county = county or db.county().county_file
    try:
        with db.read_session() as session:
            the_county(session)
            before, after = (_scheme(session, name, county) for name in (old, new))
            setting, who = county_context(session, at=db.now()), system()
            left = reform_holdings.dropped(session, setting, before[0], after[0])
            lacking = [
                *scheme_changes.reform_lines(left, reform_holdings.ended_in(setting, after[0])),
                *scheme_changes.missing_role_lines(vacancies(session, after[0], db.now()), after[0], setting),
            ]
            impact = effects(session, who, db.now(), before[0], after[0])
            lines = scheme_changes.impact_lines(impact, after[0], before[0], setting)
    except (DBAPIError, BadInput):
        if "@" in (old[:1], new[:1]):
            raise
        # Two files can be compared without a county; there is nothing to live again then.
        before, after = _scheme(None, old, county), _scheme(None, new, county)
        _say(_("Rules"), scheme_changes.rule_lines(before[0], after[0]))
        _say(_("Never used, or without recipients"), [*after[1], *scheme_changes.unknown_role_lines(after[0])])
        return
    _say(_("Rules"), scheme_changes.rule_lines(before[0], after[0]))
    _say(_("Never used, or without recipients"), [*after[1], *lacking])
    title = _(
        "The last year under the new scheme: %(tickets)s tickets, %(custodies)s custodies",
        tickets=impact.tickets,
        custodies=impact.custodies,
    )
    _say(title, [f"{line.text}\t{line.tickets.count}\t{' '.join(line.tickets.numbers)}" for line in lines])


def _say(title: str, lines: list[str]) -> None:
    click.echo(title)
    for line in lines or [_("Nothing here.")]:
        click.echo(f"  {line}")


def _scheme(session: Session | None, name: str, county: Path | None) -> tuple[Scheme, list[str]]:
    """The scheme of that name, and its routes that can never match."""
    from workflow.policy.scheme.reader import SchemeRefused, parse_to_compare, texts_of

    if session is not None and name.startswith("@"):
        if name == "@":
            return county_context(session, at=db.now()).scheme, []
        number = whole(name[1:], LARGEST_NUMBER) or 0
        return scheme_of(scheme_adoption.version_of(session, system(), number)), []
    language = "zh" if current_app.config["BABEL_DEFAULT_LOCALE"].startswith("zh") else "en"
    try:
        made, problems = parse_to_compare(texts_of(Path(name), county))
    except SchemeRefused as refused:
        fail("\n".join(f"{name}: {problem.sentence(language)}" for problem in refused.problems))
    return made, [problem.sentence(language) for problem in problems]
