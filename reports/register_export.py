"""Register export: the register under the headings of the monitoring system's export, a row a person; what is read back is
unchanged.

Numbers are masked and phones left out unless the household's own town asks for them in full, on a ground, which is an event
of each household.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Unit, User, Village
from models.household import GONE
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.history.grounds import OF_NUMBERS
from workflow.policy.counted_people import counted
from workflow.policy.scheme.exit_rules import Wording
from workflow.policy.worktime import local_date
from workflow.register.access import visible_area
from workflow.register.cells.cell_words import ACCOUNT_CLOSED
from workflow.register.cells.monitoring import MONITORING

#: Roles whose register it is to keep.
EXPORTERS = ("office", "town")
_LOT = 500
_LABOUR = {"with": "普通劳动力", "partly": "弱劳动力或半劳动力", "none": "无劳动力"}
_SEX = {"m": "男", "f": "女"}
_YES = {True: "是", False: "否"}
#: Status, first risk or cause, and supporter where the scheme has the monitoring system's headings, and elsewhere.
_MONITORED = ("风险是否已消除", "致贫/返贫风险1", "监测联系人")
_LISTED = ("脱贫属性", "致贫原因", "帮扶责任人")
_KEPT = list(MONITORING)
_BEFORE_RISKS, _BEFORE_MONTHS, _BEFORE_INCOME = map(_KEPT.index, ("risk_2", "found_month", "wages"))


@dataclass(frozen=True, slots=True)
class _Columns:
    """The headings of the scheme, and what a status is called under its own."""

    status: str
    cause: str
    cadre: str
    words: Wording

    def called(self, status: str) -> str:
        """The word for a status that reads back as this status."""
        if self.status == _MONITORED[0] and status in ("in", "exited"):
            return "是" if status == "exited" else "否"
        return self.words.status(status).zh


def _columns(words: Wording) -> _Columns:
    monitored = _MONITORED[0] in words.headings.get("status", ())
    return _Columns(*(_MONITORED if monitored else _LISTED), words)


def headings(words: Wording) -> list[str]:
    """The headings, in the order of the monitoring system's export; the year of the income is added to them."""
    own, kept = _columns(words), [MONITORING[name].heading for name in _KEPT]
    return [
        *("县(市、区、旗)", "乡(镇)", "行政村", kept[0], "户编号", "户主姓名", kept[1]),
        *(
            "家庭人口数",
            "户联系电话",
            "家庭住址",
            *kept[2:_BEFORE_RISKS],
            own.cause,
            *kept[_BEFORE_RISKS:_BEFORE_MONTHS],
        ),
        *(own.status, *kept[_BEFORE_MONTHS:_BEFORE_INCOME], *kept[_BEFORE_INCOME:], "人均纯收入（元）", "收入年度"),
        *("姓名", "性别", "证件号码", "与户主关系", "文化程度", "健康状况", "劳动技能"),
        *("是否参加城乡居民基本医疗保险", "是否参加城乡居民基本养老保险", "享受低保政策情况", own.cadre),
    ]


def may_export(actor: Actor, *, in_full: bool = False) -> None:
    """Raises NotAllowed for whoever does not keep the register; in full only a town exports, its own households."""
    if actor.role not in EXPORTERS or (in_full and actor.role != "town"):
        raise NotAllowed("register_export_not_yours")


def rows(
    session: Session, actor: Actor, now: datetime, county: str, words: Wording, vault: Vault | None = None
) -> Iterator[list[str]]:
    """The rows of every household in the actor's area, by code; with `vault` numbers and phones are in full.

    Who ended is not among the people, nor is a household that is gone.
    """
    own, today = _columns(words), local_date(now)
    ids = session.scalars(
        select(Household.id).where(visible_area(actor), Household.status.not_in(GONE)).order_by(Household.code)
    ).all()
    for start in range(0, len(ids), _LOT):
        yield from _lot(session, ids[start : start + _LOT], county, own, today, vault)


def _lot(
    session: Session, ids: Sequence[int], county: str, own: _Columns, today: date, vault: Vault | None
) -> Iterator[list[str]]:
    people: dict[int, list[Member]] = {}
    members = select(Member).where(Member.household_id.in_(ids)).order_by(Member.position)
    for row in session.scalars(members):
        if counted(row, today):
            people.setdefault(row.household_id, []).append(row)
    homes = session.execute(
        select(Household, Unit.name, Village.name, User.active)
        .join(Village, Village.id == Household.village_id)
        .join(Unit, Unit.id == Village.town_id)
        .outerjoin(User, User.id == Household.cadre_id)
        .where(Household.id.in_(ids))
        .order_by(Household.code)
    ).all()
    for home, town, village, active in homes:
        living = people.get(home.id, [])
        first = _household(home, own, (county, town, village), len(living), vault)
        for person in living or [
            Member(position=1, name=home.head_name, relation="", labour="unknown", schooling="", illness="")
        ]:
            yield [*first, *_person(person, vault), home.cadre_name + (ACCOUNT_CLOSED if active is False else "")]
    session.expunge_all()


def _household(
    home: Household, own: _Columns, place: tuple[str, str, str], living: int, vault: Vault | None
) -> list[str]:
    kept = [str(home.monitoring.get(name, "")) for name in _KEPT]
    income = "" if home.income_fen is None else f"{home.income_fen // 100}.{home.income_fen % 100:02d}"
    return [
        *(*place, kept[0], home.code, home.head_name, kept[1]),
        # Of whom the register only counts there is no row, so that a number would contradict the rows.
        str(living) if home.people == living else "",
        vault.open(home.phone_sealed) if vault is not None and home.phone_sealed else "",
        *(home.address, *kept[2:_BEFORE_RISKS], home.cause, *kept[_BEFORE_RISKS:_BEFORE_MONTHS]),
        *(own.called(home.status), *kept[_BEFORE_MONTHS:_BEFORE_INCOME], *kept[_BEFORE_INCOME:]),
        *(income.removesuffix(".00"), str(home.income_year or "")),
    ]


def _person(row: Member, vault: Vault | None) -> list[str]:
    number = row.id_masked or ""
    if vault is not None and row.id_sealed:
        number = vault.open(row.id_sealed)
    return [
        *(row.name, _SEX.get(row.sex or "", ""), number, "户主" if row.position == 1 else row.relation),
        *(row.schooling, row.illness, _LABOUR.get(row.labour, "")),
        *("" if said is None else _YES[said] for said in (row.insured, row.pension, row.allowance)),
    ]


def record_full(session: Session, actor: Actor, now: datetime, ground: str) -> None:
    """An event of each household whose numbers go out in full.  Raises NotAllowed, BadInput without a ground."""
    may_export(actor, in_full=True)
    if ground not in OF_NUMBERS[:-1]:
        raise BadInput("look_without_ground", "ground")
    homes = session.scalars(
        select(Household).where(visible_area(actor), Household.status.not_in(GONE)).order_by(Household.id)
    ).all()
    for home in homes:
        event_log.of(session, home, actor, now).append("reveal", {"ground": ground, "list": True}, notify=False)
