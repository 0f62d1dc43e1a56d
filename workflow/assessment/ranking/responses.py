"""Ranking responses: units draft their reports on a ranking and review the drafts; each is an event.

Source: the notice's closing paragraph (各单位对各镇进行排名并书面汇报，办公室负责汇总).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import (
    Ranking,
    RankingSign,
    Report,
    ReportDraft,
    ReportReview,
    User,
)
from workflow.actors import Actor
from workflow.assessment import report_duties, unit_words
from workflow.assessment.ranking import rankings
from workflow.constraints import refused_as
from workflow.county.context import CountyContext, county_context
from workflow.errors import Duplicate, NotAllowed, Stale, WrongState
from workflow.history import event_log
from workflow.inputs import text_of


def may_sign(actor: Actor, row: Ranking, code: str | None) -> bool:
    """Whether the actor drafts for a unit that ranks the towns here; `code`: its unit's."""
    return actor.role in ("bureau", "office") and code in {entry["unit"] for entry in row.content["units"]}


def sign(session: Session, actor: Actor, now: datetime, row: Ranking, remark: str = "") -> RankingSign:
    """Draft (拟稿) the report of the actor's unit on its ranking of the towns, with the unit's own paragraph.

    It hands in nothing, and ends the unfinished draft: the report counts once it is signed (`written_reports.issue`).
    Raises NotAllowed, BadInput at a section that the scheme calls for, WrongState for a replaced edition, Duplicate when
    already drafted.
    """
    setting = county_context(session, row.scheme_version_id)
    code = setting.unit(actor.unit_id).code if actor.unit_id else None
    if not may_sign(actor, row, code):
        raise NotAllowed("signature_not_yours")
    require_current(session, row)
    _check_sections(setting, actor, remark)
    signed = RankingSign(
        ranking_id=row.id,
        unit_id=actor.own_unit_id,
        by_id=actor.account_id,
        at=now,
        remark=text_of("remark", remark) if remark.strip() else "",
    )
    add_once(session, signed, Duplicate("signed_already", unit=str(code)), "uq_ranking_sign_ranking_id_unit_id")
    chain = chain_of(session, actor, row, now)
    # Under the lock of the ranking's row, which saving a draft takes too.
    session.execute(delete(ReportDraft).where(ReportDraft.ranking_id == row.id, ReportDraft.unit_id == signed.unit_id))
    chain.append(
        "sign_ranking",
        rankings.named(row) | {"unit": actor.own_unit_id},
        {"sign": signed.id},
        private={"remark": signed.remark} if signed.remark else None,
    )
    return signed


def unfinished_draft(session: Session, row: Ranking, unit_id: int | None) -> ReportDraft | None:
    """The unfinished draft of a unit on a ranking, if there is one."""
    query = select(ReportDraft).where(ReportDraft.ranking_id == row.id, ReportDraft.unit_id == (unit_id or 0))
    return session.scalars(query).one_or_none()


def saved_by(session: Session, draft: ReportDraft | None) -> str:
    """The name of who saved an unfinished draft last; empty without one."""
    found = session.get(User, draft.by_id) if draft is not None else None
    return found.display_name if found is not None else ""


def save_draft(session: Session, actor: Actor, now: datetime, row: Ranking, remark: str, seen: int) -> ReportDraft:
    """Save the words of the actor's unit for its report as far as they are, over the version `seen` (0: none was there).

    Saved words are nobody's act: no event, and no section is judged before the draft is handed on (`sign`).  Raises
    NotAllowed, WrongState for a replaced edition, Duplicate once a draft was handed on, Stale where another person of the
    unit has saved since, BadInput for what no text may hold.
    """
    setting = county_context(session, row.scheme_version_id)
    code = setting.unit(actor.unit_id).code if actor.unit_id else None
    if not may_sign(actor, row, code):
        raise NotAllowed("signature_not_yours")
    require_current(session, row)
    # The ranking's row is what handing on the draft locks too.
    session.execute(select(Ranking.id).where(Ranking.id == row.id).with_for_update())
    handed = select(func.count()).where(RankingSign.ranking_id == row.id, RankingSign.unit_id == actor.own_unit_id)
    if session.scalar(handed):
        raise Duplicate("signed_already", unit=str(code))
    words = text_of("remark", remark) if remark.strip() else ""
    kept = unfinished_draft(session, row, actor.own_unit_id)
    if (kept.version if kept is not None else 0) != seen:
        raise Stale("draft_saved_since")
    if kept is None:
        kept = ReportDraft(ranking_id=row.id, unit_id=actor.own_unit_id, version=0)
        session.add(kept)
    kept.by_id, kept.at, kept.remark, kept.version = actor.account_id, now, words, kept.version + 1
    with refused_as(Stale("draft_saved_since"), "uq_report_draft_ranking_id_unit_id"):
        session.flush()
    return kept


def review(session: Session, actor: Actor, now: datetime, row: Ranking, remark: str = "") -> ReportReview:
    """Review (核稿) the draft of the actor's unit, with its paragraph as the reviewer leaves it; once, by another person
    than the drafter, which a CHECK keeps as well.

    Raises NotAllowed, BadInput at a section that the scheme calls for, WrongState for a replaced edition or without a
    draft, Duplicate when already reviewed.
    """
    drafted = session.scalars(
        select(RankingSign).where(RankingSign.ranking_id == row.id, RankingSign.unit_id == (actor.unit_id or 0))
    ).one_or_none()
    setting = county_context(session, row.scheme_version_id)
    code = setting.unit(actor.unit_id).code if actor.unit_id else None
    if not may_sign(actor, row, code):
        raise NotAllowed("signature_not_yours")
    require_current(session, row)
    if drafted is None:
        raise WrongState("report_not_signed")
    if drafted.by_id == actor.user_id:
        raise NotAllowed("review_needs_another")
    if session.scalar(select(Report.id).where(Report.ranking_id == row.id, Report.unit_id == drafted.unit_id)):
        raise WrongState("report_issued", unit=setting.unit(drafted.unit_id).name)
    _check_sections(setting, actor, remark)
    made = ReportReview(
        sign_id=drafted.id,
        drafted_by_id=drafted.by_id,
        by_id=actor.account_id,
        at=now,
        remark=text_of("remark", remark) if remark.strip() else "",
    )
    add_once(session, made, Duplicate("reviewed_already"), "uq_report_review_sign_id")
    chain_of(session, actor, row, now).append(
        "review_report",
        rankings.named(row) | {"unit": actor.own_unit_id},
        {"review": made.id, "sign": drafted.id},
        private={"remark": made.remark} if made.remark else None,
    )
    return made


def _check_sections(setting: CountyContext, actor: Actor, remark: str) -> None:
    unit_words.check_sections(report_duties.sections_of(setting, setting.unit(actor.own_unit_id)), remark)
    unit_words.check_written(remark)


def signatures(session: Session, row: Ranking) -> dict[int, RankingSign]:
    """The drafts by unit."""
    ranking_signs = session.scalars(select(RankingSign).where(RankingSign.ranking_id == row.id))
    return {signed.unit_id: signed for signed in ranking_signs}


def reviews(session: Session, row: Ranking) -> dict[int, ReportReview]:
    """The reviews of drafts by unit."""
    query = (
        select(RankingSign.unit_id, ReportReview)
        .join(ReportReview, ReportReview.sign_id == RankingSign.id)
        .where(RankingSign.ranking_id == row.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def require_current(session: Session, row: Ranking) -> None:
    """Raises WrongState for an edition that was replaced."""
    last = rankings.latest(session, row.on)
    if last is None or last.id != row.id:
        raise WrongState("edition_replaced", edition=last.edition if last else 0)


def add_once(session: Session, row: Any, refusal: Duplicate, key: str) -> None:
    """Add a row; raises the refusal where the unique constraint `key` has it already."""
    with refused_as(refusal, key), session.begin_nested():
        session.add(row)
        session.flush()


def chain_of(session: Session, actor: Actor, row: Ranking, now: datetime) -> event_log.Chain:
    """The chain of a ranking, for one more event."""
    # The ranking's row serialises its chain.
    session.execute(select(Ranking.id).where(Ranking.id == row.id).with_for_update())
    return event_log.of(session, row, actor, now)
