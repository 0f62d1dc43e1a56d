"""Rankings on the command line: makes, prints and verifies one."""

import sys
from datetime import date

import click
from flask_babel import gettext as _

from models import Ranking
from web import db
from web.cli import command
from web.words.language import chinese, listing, say
from web.words.rankings import owed_by_unit, own_word_text, score_text
from workflow.assessment import reported_figures
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.own_counts import own_word_shares
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.worktime import local_date


@click.command("rank")
@click.option("--on", "on", metavar="DATE", help="A ranking day; left out: the last one whose hour has come.")
@click.option("--prove", is_flag=True, help="Work it out again from the history and compare.")
@command
def rank(on: str | None, prove: bool) -> None:
    """Rank the towns for a ranking day and print ranks, scores and the hash of the snapshot."""
    now = db.now()
    with db.read_session() as session:
        setting = county_context(session)
        rule = setting.scheme.ranking
        first = rule.first or date(setting.year, 1, 1)
        passed = [day for day in ranking_days(rule, first, local_date(now)) if moment_of(rule, day) <= now]
        if on is None and not passed:
            raise BadInput(
                "no_ranking_day", "date", day=local_date(now).isoformat(), days=", ".join(map(str, rule.days))
            )
        wanted = passed[-1] if on is None else _ranking_day_of(on)
        # What takes long is counted before anybody who writes would have to wait.
        fresh = wanted in passed and setting.scheme.ranks and rankings.latest(session, wanted) is None
        counted = rankings.count(session, now, wanted) if fresh else None
    with db.write_session() as session:
        row = rankings.make(session, None, now, wanted, counted)
        ranked = rankings.setting_of(session, row)
    _show(row, ranked)
    if prove:
        with db.read_session() as session:
            proof = rankings.recompute(session, session.get_one(Ranking, row.id))
        if not proof.holds:
            click.echo(", ".join(proof.differs), err=True)
            sys.exit(1)
        click.echo(proof.hash)


def _ranking_day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", "on") from error


def _show(row: Ranking, setting: CountyContext) -> None:
    """Place, town and score; of a ranking that has them also the coverage, the range of places and how much of the weight is
    self-reported or provisional."""
    names = {code: (unit.name if chinese() else unit.name_en) for code, unit in setting.by_code.items()}
    measures = {measure.code: say(measure.name) for measure in reported_figures.every(setting)}
    word = own_word_shares(setting.scheme, row.content)
    click.echo(f"{row.on.isoformat()} #{row.edition}")
    for line in row.content["county"]:
        cells = [str(line["place"] or "–"), names[line["town"]], score_text(line["score"])]
        if "coverage" in line:
            cells += [f"{line['coverage']}%", f"{line['best']}–{line['worst']}" if line["best"] else "–"]
        if told := own_word_text(word.get(line["town"], 0)):
            cells.append(told)
        click.echo("\t".join(cells))
    if without := row.content.get("without_data"):
        click.echo(
            _("Without data in any town, so not ranked: %(names)s", names=listing([measures[c] for c in without]))
        )
    for unit, owed in owed_by_unit(row.content).items():
        told = listing([measures[code] for code, _towns in owed])
        click.echo(_("%(unit)s owes figures: %(names)s", unit=names[unit], names=told))
    for unit, stated in owed_by_unit(row.content, "stated_none").items():
        told = listing([measures[code] for code, _towns in stated])
        click.echo(_("%(unit)s states that there is none this period: %(names)s", unit=names[unit], names=told))
    click.echo(row.hash)
