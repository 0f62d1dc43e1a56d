"""Rankings (排名) of the towns on the 10th, 20th and 30th: makes and proves snapshots that never change.

A snapshot ranks what was on record at its hour, even when made late.  Its hash covers inputs, formula, the head of the
chain and the places, so `recompute` can compute it again from the history.  A correction is a new edition with changes and
reason.  Source: the notice's closing paragraph.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import County, Ranking
from workflow.actors import Actor, system
from workflow.assessment import report_duties
from workflow.assessment.facts.known_facts import FORMULA
from workflow.assessment.ranking import due_days
from workflow.assessment.ranking.snapshot import changes_of, figures_of, version_of, worked_out
from workflow.constraints import refused_as
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.policy.ranking_days import is_ranking_day, moment_of


@dataclass(frozen=True, slots=True)
class Counted:
    """The slow part of a ranking, counted beforehand under one scheme version."""

    on: date
    known_at: datetime
    scheme_version_id: int
    figures: dict[str, Any]

    def of(self, on: date, known_at: datetime, setting: CountyContext) -> dict[str, Any] | None:
        """The figures, if they match day, moment of knowledge and version."""
        asked = (on, known_at, setting.scheme_version_id)
        return self.figures if asked == (self.on, self.known_at, self.scheme_version_id) else None


def count(session: Session, now: datetime, on: date) -> Counted:
    """Count for a ranking day whose hour has come, or again for a ranked one, with reported figures as known now; in a
    reading transaction, so that no writer waits.
    """
    before = latest(session, on)
    if before is None:
        setting = due_days.setting_of(session, on, now)
        as_of = known_at = moment_of(setting.scheme.ranking, on)
    else:
        setting, as_of, known_at = setting_of(session, before), before.as_of, now
    formula = version_of(before.content) if before is not None else FORMULA
    return Counted(on, known_at, setting.scheme_version_id, figures_of(session, setting, on, as_of, known_at, formula))


def make(session: Session, actor: Actor | None, now: datetime, on: date, counted: Counted | None = None) -> Ranking:
    """The ranking of a day, made now if missing; without an actor by the worker.  `counted` is the result of `count`.

    Raises NotAllowed, BadInput for a day that is no ranking day or whose hour has not come, or WrongState when nothing
    at all was on record to rank the towns by (no data is no grade), or when the assessment plan it needs is not named.
    """
    if actor is not None and actor.role != "office":
        raise NotAllowed("ranking_not_yours")
    setting = due_days.setting_of(session, on, now)
    rule = setting.scheme.ranking
    if not setting.scheme.measures:
        raise BadInput("no_measures", "date")
    if not setting.scheme.ranks:
        raise WrongState("ranking_needs_plan", "date")
    if not is_ranking_day(rule, on):
        raise BadInput("no_ranking_day", "date", day=on.isoformat(), days=", ".join(map(str, rule.days)))
    as_of = moment_of(rule, on)
    if as_of > now:
        raise BadInput("ranking_ahead", "date", day=on.isoformat(), at=rule.at)
    # One at a time; the second caller finds it made.
    session.execute(select(County.id).with_for_update())
    edition = latest(session, on)
    figures = counted.of(on, as_of, setting) if counted is not None else None
    return (
        edition
        if edition is not None
        else _write_edition(session, setting, actor, now, on, as_of, as_of, None, "", figures)
    )


def correct(
    session: Session, actor: Actor, now: datetime, on: date, reason: str, counted: Counted | None = None
) -> Ranking:
    """A new edition of a day's ranking with the reported figures as they are known now; says what changed.

    Raises NotAllowed, NotFound, BadInput without a reason, Conflict when nothing would change.
    """
    if actor.role != "office":
        raise NotAllowed("ranking_not_yours")
    why = statement_of("reason", reason)
    session.execute(select(County.id).with_for_update())
    before = latest(session, on)
    if before is None:
        raise NotFound("no_such_ranking", day=on.isoformat())
    setting = setting_of(session, before)
    return _write_edition(
        session,
        setting,
        actor,
        now,
        on,
        before.as_of,
        now,
        before,
        why,
        counted.of(on, now, setting) if counted is not None else None,
    )


def _write_edition(
    session: Session,
    setting: CountyContext,
    actor: Actor | None,
    now: datetime,
    on: date,
    as_of: datetime,
    known_at: datetime,
    before: Ranking | None,
    reason: str,
    figures: dict[str, Any] | None = None,
) -> Ranking:
    edition = before.edition + 1 if before else 1
    # A new edition keeps the formula of the day it corrects: what changed are figures, not rules.
    formula = version_of(before.content) if before else FORMULA
    content = worked_out(session, setting, on, edition, as_of, known_at, now, figures, formula)
    if all(line["score"] is None for line in content["county"]):
        raise WrongState("ranking_without_data", "date", day=on.isoformat())
    if before is not None:
        content["changes"] = changes = changes_of(before.content, content)
        if not changes:
            raise Conflict("ranking_unchanged")
    row = Ranking(
        on=on,
        edition=edition,
        scheme_version_id=setting.scheme_version_id,
        as_of=as_of,
        known_at=known_at,
        made_at=now,
        by_id=actor.user_id if actor else None,
        reason=reason,
        content=content,
        hash=event_log.digest(event_log.canonical(content)),
    )
    session.add(row)
    with refused_as(Conflict("ranking_made_meanwhile"), "uq_ranking_on_edition"):
        session.flush()
    event_log.of(session, row, actor or system(), now, effective_at=as_of, first=True).append(
        "rank",
        {"on": on.isoformat(), "edition": edition},
        {"hash": row.hash},
        private={"reason": reason} if reason else None,
    )
    report_duties.open_with(session, row, now)
    return row


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The result of a proof: `differs` names the parts that differ from the published ones."""

    ranking: Ranking
    hash: str
    differs: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it equals the published snapshot."""
        return not self.differs


def recompute(session: Session, row: Ranking) -> Recomputed:
    """Compute a snapshot again from the history and compare."""
    setting = setting_of(session, row)
    formula = version_of(row.content)
    again = worked_out(session, setting, row.on, row.edition, row.as_of, row.known_at, row.made_at, formula=formula)
    if "sources" not in row.content:
        # Made before sources were counted.
        again.pop("sources", None)
    if "changes" in row.content:
        before = session.scalars(select(Ranking).where(Ranking.on == row.on, Ranking.edition == row.edition - 1)).one()
        again["changes"] = changes_of(before.content, again)
    digest = event_log.digest(event_log.canonical(again))
    differs = {name for name in again.keys() | row.content.keys() if again.get(name) != row.content.get(name)}
    if event_log.digest(event_log.canonical(row.content)) != row.hash:
        differs.add("hash")
    return Recomputed(row, digest, tuple(sorted(differs)))


def setting_of(session: Session, row: Ranking) -> CountyContext:
    """The county as a ranking knew it: under its scheme, with the units of its hour."""
    return county_context(session, row.scheme_version_id, known_at=row.as_of)


def named(row: Ranking) -> dict[str, Any]:
    """A ranking in the events of its chain."""
    return {"on": row.on.isoformat(), "edition": row.edition}


def latest(session: Session, on: date) -> Ranking | None:
    """The last edition of a day's ranking."""
    return session.scalars(
        select(Ranking).where(Ranking.on == on).order_by(Ranking.edition.desc()).limit(1)
    ).one_or_none()


def before(session: Session, row: Ranking) -> Ranking | None:
    """The ranking of the day before, in the edition known when this one was made; None for the first."""
    return session.scalars(
        select(Ranking)
        .where(Ranking.on < row.on, Ranking.made_at <= row.made_at)
        .order_by(Ranking.on.desc(), Ranking.edition.desc())
        .limit(1)
    ).one_or_none()


def find(session: Session, actor: Actor, on: date, edition: int | None = None) -> Ranking:
    """A ranking as published; everybody but the administrator reads it.  Raises NotFound, NotAllowed."""
    if actor.role == "admin":
        raise NotAllowed("ranking_not_yours")
    query = select(Ranking).where(Ranking.on == on)
    if edition is not None:
        query = query.where(Ranking.edition == edition)
    row = session.scalars(query.order_by(Ranking.edition.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("no_such_ranking", day=on.isoformat())
    return row


def past(session: Session, actor: Actor, limit: int = 36) -> Iterator[Ranking]:
    """The rankings made, the latest day first, each in its last edition.  Raises NotAllowed."""
    if actor.role == "admin":
        raise NotAllowed("ranking_not_yours")
    seen: set[date] = set()
    rows = session.scalars(select(Ranking).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(limit * 2))
    for row in rows:
        if row.on not in seen and len(seen) < limit:
            seen.add(row.on)
            yield row
