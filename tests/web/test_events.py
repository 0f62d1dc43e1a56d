"""Event sentences in history and audit trail: everything recorded with the event, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.support.apps import app_on
from tests.support.factories import START, County, day, settle_county
from web.words.events import event_details
from web.words.trail import trail_details as details
from workflow.county.context import CountyContext, county_context
from workflow.history.audit_trail import TrailLine
from workflow.tickets.views.timeline import HistoryLine

pytestmark = pytest.mark.one_database("sqlite")

LATER = day(1)
HISTORY: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    (
        "escalate",
        {"stage": "accept", "unit": "@water", "rung": 3, "paper": "2018:3:1"},
        {"missed": [1, 2]},
        ["受理 · 县水务局", "系统停机期间有2级未及时发出", "supervise〔2018〕第1号"],
    ),
    ("escalate", {"stage": "mend", "unit": "@water", "rung": 1}, {}, ["办理 · 县水务局"]),
    # Its own paper is named once, of others only how they ended.
    (
        "close",
        {"paper": "2018:3:1"},
        {
            "papers": [
                {"act": "end", "paper": "2018:3:1", "how": "satisfied"},
                {"act": "end", "paper": "2018:4:2", "how": "satisfied"},
                {"act": "receipt", "paper": "2018:3:9", "how": "deemed"},
            ]
        },
        ["supervise〔2018〕第1号", "summon〔2018〕第2号：答复或办理后终止（0.3版以前）"],
    ),
    (
        "migrate",
        {"left": 1, "version": 2, "from": START.isoformat(), "due_at": LATER.isoformat()},
        {"answers": [{"answer_due_at": day(2).isoformat()}]},
        ["版本1 → 版本2", "2018年11月20日 10:00 → 2018年11月21日 10:00", "答复时限 2018年11月22日 10:00"],
    ),
    (
        "rederive",
        {"left": 1, "version": 2, "from": START.isoformat(), "due_at": LATER.isoformat()},
        {},
        ["2018年11月20日 10:00 → 2018年11月21日 10:00"],
    ),
    ("rederive", {"from": START.isoformat(), "due_at": START.isoformat()}, {}, []),
    (
        "rule",
        {},
        {
            "charges": [
                {"minutes": 390, "ground": "downtime", "unit": None},
                {"minutes": 450, "ground": "late_answer", "unit": "@office"},
                {"minutes": 30, "ground": "ruling", "unit": "@water"},
            ]
        },
        [
            "系统停机1个工作日，不计入任何单位",
            "1个工作日1小时记由县扶贫开发领导小组办公室承担：答复逾期",
            "30分钟记由县水务局承担：裁定用时",
        ],
    ),
    ("decline", {"ground": "not_ours"}, {}, ["不属于本单位职责"]),
    ("suspend", {"ground": "flood", "until": "2018-11-30"}, {}, ["洪涝", "截止日期 11月30日（星期五）"]),
    # The kind a ticket was filed under is in its header.
    ("file", {"kind": "water", "unit": "water"}, {}, ["县水务局"]),
    ("reclassify", {"kind": "water"}, {}, ["饮水"]),
    # A unit by its row's number is said where the act is about that unit, not everywhere.
    ("handler", {"unit": "@water", "request": "extension", "period": "2018-11"}, {}, ["延期办理", "2018年11月"]),
    ("cancel", {"edition": 2}, {}, ["该日排名已由第2版代替，本版汇报不再需要。"]),
    ("rank", {"edition": 2}, {}, []),
    ("enter", {"done": 0, "target": 12, "on": "2018-11-20"}, {}, ["0/12", "日期 11月20日（星期二）"]),
    ("enter", {"done": 3, "target": 0}, {}, []),
    (
        "confirm",
        {"visited_on": "2018-11-19", "evidence": [1, 2], "false_closing": True},
        {},
        ["现场核验日期 11月19日（星期一）", "佐证材料2份", "属虚假办结"],
    ),
    ("spot_false", {"mended_by": "water", "struck_off_by": "town-a"}, {}, ["县水务局办结，甲镇核验销号"]),
    ("spot_false", {"mended_by": "water"}, {}, []),
    ("close", {}, {"spot_checks": [{"result": "holds"}, {"result": "lapsed"}]}, ["该工单的抽查随之终止。"]),
    ("close", {}, {"spot_checks": [{"result": "holds"}]}, []),
    ("reopen", {"confirmed_by": "water"}, {}, ["入户核查发现问题反弹；此前由县水务局核验通过。"]),
]
TRAIL: list[tuple[str, str | None, dict[str, Any], list[str]]] = [
    ("user_created", "bureau", {"unit": "@water"}, ["县直部门", "县水务局"]),
    ("address_used", None, {"channel": "email"}, ["电子邮件"]),
    ("appointed", None, {"post": "leader"}, ["主要领导"]),
    ("appointed", None, {"post": "duty"}, ["值班员"]),
    ("reveal", None, {"ground": "papers"}, ["核对材料"]),
    ("find_by_number", None, {"by": "id_number"}, ["身份证号"]),
    ("find_by_number", None, {"by": "phone"}, ["联系电话"]),
    ("export", None, {"list": "ledger", "rows": 0}, ["未销号工单台账", "0行"]),
    ("export", None, {"list": "register", "rows": 3}, ["台账", "3行"]),
    ("export", None, {"list": "tickets", "rows": 3, "ground": "work"}, ["工单", "3行", "本单位日常工作"]),
    ("erase", None, {"people": 2, "evidence": 1}, ["2个姓名"]),
    ("erase_words", None, {"events": 4}, ["4条历史记录"]),
    ("apply", None, {"new": 2, "changed": 5}, ["新增2户", "变更5户"]),
    ("release", None, {"why": "clock_leap"}, ["后台时钟向前跳了一天以上。"]),
    ("draw", None, {"month": "2018-11", "drawn": 2, "population": 9}, ["2018年11月", "9件中抽2件"]),
    ("adopt", None, {"from": "2018-12-01"}, ["自2018年12月1日起"]),
    ("adopt", None, {}, []),
    ("in_force", None, {"from": "2018-12-01"}, ["自2018年12月1日起"]),
    ("revoke_adoption", None, {"from": "2018-12-01"}, ["自2018年12月1日起"]),
    ("migration", None, {"version": 2}, ["版本2"]),
    (
        "downtime",
        None,
        {"from": START.isoformat(), "to": LATER.isoformat()},
        ["2018年11月20日 10:00 – 2018年11月21日 10:00"],
    ),
    (
        "calendar",
        None,
        {"source": "county", "document": "粤府办〔2018〕1号", "year": 2018},
        ["本县决定", "粤府办〔2018〕1号", "2018"],
    ),
    ("calendar", None, {"source": "state_council", "document": "", "year": 2018}, ["国务院放假安排", "2018"]),
    # A unit's code is no unit's number.
    ("village_added", None, {"unit": "water"}, []),
]


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.fixture
def setting(county: County, database_url: str, tmp_path: Path) -> Iterator[CountyContext]:
    """The county, while the words of its pages can be looked up."""
    app = app_on(database_url, FILES=tmp_path, TESTING=True)
    with county.read() as session:
        setting = county_context(session)
    with app.test_request_context():
        yield setting


def numbered(county: County, given: Any) -> Any:
    """Replaces `@water` by the id of the unit's row."""
    if isinstance(given, dict):
        return {name: numbered(county, value) for name, value in given.items()}
    if isinstance(given, list):
        return [numbered(county, value) for value in given]
    return county.units[given[1:]] if isinstance(given, str) and given.startswith("@") else given


def test_a_history_says_of_each_act_what_was_given_with_it(county: County, setting: CountyContext) -> None:
    said = []
    for action, given, effect, _ in HISTORY:
        line = HistoryLine(
            seq=1,
            at=START,
            effective_at=START,
            actor=None,
            in_stead_of=None,
            role="office",
            unit=None,
            village=None,
            action=action,
            from_state=None,
            to_state=None,
            given=numbered(county, given),
            effect=numbered(county, effect),
            words={},
            hash="",
        )
        said.append((action, event_details(line, setting)))
    assert said == [(action, expected) for action, _, _, expected in HISTORY]


def test_what_people_wrote_comes_last_and_an_empty_field_is_not_said(setting: CountyContext) -> None:
    line = HistoryLine(
        seq=1,
        at=START,
        effective_at=START,
        actor=None,
        in_stead_of=None,
        role="bureau",
        unit=None,
        village=None,
        action="decline",
        from_state=None,
        to_state=None,
        given={"ground": "not_ours"},
        effect={},
        words={"cited_duty": "职责", "reason": ""},
        hash="",
    )
    assert event_details(line, setting) == ["不属于本单位职责", "职责"]


def test_the_trail_says_of_each_act_what_was_given_with_it(county: County, setting: CountyContext) -> None:
    said = []
    for action, role, given, _ in TRAIL:
        line = TrailLine(
            id=1,
            at=START,
            actor=None,
            role="office",
            action=action,
            subject="",
            account=None,
            subject_role=role,
            given=numbered(county, given),
            hash="",
            block=None,
        )
        said.append((action, details(line, setting)))
    assert said == [(action, expected) for action, _, _, expected in TRAIL]
