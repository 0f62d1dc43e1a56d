"""Template rows: the county as it is, in the form of the county workbook, to be filled in and imported.

Before anything is entered the sheet of units has the scheme's and the others are empty.  No number, phone or password is in it;
of a household only the code and the cadre.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from models import Household, Post, Unit, User, Village
from models.household import GONE
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.county.posts.post_record import last_day
from workflow.policy.worktime import local_date
from workflow.setup.account_sheet import ROLE_WORDS
from workflow.setup.county_import import may_import
from workflow.setup.county_workbook import SHEETS, SheetForm
from workflow.setup.post_sheet import POST_WORDS
from workflow.setup.unit_sheet import TYPE_WORDS

Rows = Iterator[list[str | int]]


def sheets(session: Session, actor: Actor, now: datetime) -> list[tuple[SheetForm, Rows]]:
    """Each sheet with its rows, in the order of the workbook.  Raises NotAllowed."""
    may_import(actor)
    setting = county_context(session, at=now)
    rows = {
        "units": _units(setting),
        "villages": _villages(session, setting),
        "accounts": _accounts(session, setting),
        "posts": _posts(session, now),
        "cadres": _cadres(session),
    }
    return [(form, rows[form.code]) for form in SHEETS]


def _units(setting: CountyContext) -> Rows:
    for unit in setting.living:
        known = next((each for each in setting.scheme.units if each.code == unit.code), None)
        yield [
            unit.code,
            unit.name,
            TYPE_WORDS[unit.type][0],
            (known.full_name if known else None) or "",
            (known.mark if known else None) or "",
            "、".join(known.aliases if known else ()),
            unit.name_en,
        ]


def _villages(session: Session, setting: CountyContext) -> Rows:
    order = {unit.id: place for place, unit in enumerate(setting.units.values())}
    rows = session.scalars(select(Village).where(Village.ended_on.is_(None)).order_by(Village.code)).all()
    for row in sorted(rows, key=lambda village: order[village.town_id]):
        people: str | int = "" if row.poor_people is None else row.poor_people
        yield [setting.unit(row.town_id).name, row.name, row.code, "是" if row.listed_poor else "否", people, ""]


def _accounts(session: Session, setting: CountyContext) -> Rows:
    villages = {village.id: village.name for village in session.scalars(select(Village))}
    for user in session.scalars(select(User).where(User.active).order_by(User.role, User.name)):
        unit = setting.unit(user.unit_id).name if user.unit_id is not None else ""
        village = villages[user.village_id] if user.village_id is not None else ""
        yield [user.name, user.display_name, ROLE_WORDS[user.role][0], unit, village]


def _posts(session: Session, now: datetime) -> Rows:
    """The posts held today or later, so that importing them again changes nothing."""
    away = aliased(User)
    held = (
        select(Post, User.name, away.name)
        .join(User, User.id == Post.user_id)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(away, away.id == Post.stands_for_id)
        .where(Post.cancelled_at.is_(None), or_(Post.until_at.is_(None), Post.until_at > now), Post.document != "")
        .order_by(Unit.position, Post.kind, Post.from_at)
    )
    for post, name, stands_for in session.execute(held):
        last = last_day(post)
        yield [
            name,
            POST_WORDS[post.kind][0],
            local_date(post.from_at).isoformat(),
            last.isoformat() if last is not None else "",
            post.document,
            stands_for or "",
        ]


def _cadres(session: Session) -> Rows:
    query = (
        select(Household.code, Household.cadre_name, User.name)
        .outerjoin(User, User.id == Household.cadre_id)
        .where(Household.status.not_in(GONE))
        .order_by(Household.code)
    )
    for code, cadre, name in session.execute(query):
        yield [code, cadre, name or ""]
