"""Notifications on pages: addresses verified by a code, preferences above the mandatory kinds, failed deliveries."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Address, Delivery, Event, Outbox, Robot, User
from models.delivery import MOST_TRIES
from notifications.addresses import CODE_LASTS, CODES_AN_HOUR, GUESSES
from notifications.bounces import failed_addresses
from notifications.dispatch import dispatch
from notifications.event_preferences import options_for
from tests.support.factories import START, County, day
from tests.support.http_clients import PASSWORD, Api, Visitor
from tests.support.sinks import VAULT, mail_server, reach, robot
from tests.support.texts import SENTENCE
from web import db
from worker import deliver_channel, send_digests
from workflow.accountability import sweep_watch
from workflow.county.vault import Vault
from workflow.history import event_log

#: Where messages go is changed with the password.
ENTER, DROP = ({"act": act, "password": PASSWORD} for act in ("enter", "drop"))

pytestmark = pytest.mark.one_database("sqlite")

Visit = Callable[..., Visitor]


def vault(api: Api) -> Vault:
    with api.app.app_context():
        return db.vault()


def _digests(county: County, at: datetime) -> int:
    """The digests composed at a moment."""
    return send_digests(county.engine, lambda: at)


def tell(county: County, at: Any = START) -> None:
    with county.write() as session:
        while dispatch(session, at):
            pass


def deliveries(county: County) -> list[Delivery]:
    with county.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def test_an_address_is_used_once_its_code_has_come_back(api: Api, visit: Visit) -> None:
    water, me = visit("water"), "/preferences"
    # Where no mail server is set up no code would come, and the page says so instead of asking.
    assert "本系统尚未开通" in water.get(me).text
    assert water.post(f"{me}/email", {"value": "w@office.example", **ENTER}, page=me).status_code == 422
    api.app.config["REACHES"] = ("email",)
    for bad in (
        "x",
        "a@b",
        "a b@c.example",
        "a@b.example\r\nBcc: c@d.example",
        "“a”@b.example",
        "a@b.example,c@d.example",
    ):
        answer = water.post(f"{me}/email", {"value": bad, **ENTER}, page=me)
        assert answer.status_code == 422
        assert "不是电子邮箱地址" in answer.text
    assert water.post(f"{me}/email", {"value": "Water@office.example", **ENTER}, page=me).status_code == 302
    api.file()
    tell(api.county)
    # Not used yet: only the code goes out.
    with mail_server() as server:
        assert deliver_channel(api.county.engine, lambda: api.now, server.channel(), vault(api)).sent == 1
        code = re.search(r"\d{6}", str(server.mails[0]["Subject"]))
        assert server.to == ["water@office.example"]
    assert code is not None
    assert [row.params for row in deliveries(api.county)] == [{}]
    for _ in range(GUESSES - 1):
        assert water.post(f"{me}/email", {"code": "0000000", "act": "confirm"}, page=me).status_code == 422
    assert water.post(f"{me}/email", {"code": code[0], "act": "confirm"}, page=me).status_code == 302
    assert "water@office.example" in water.get(me).text
    assert "使用中" in water.get(me).text
    api.file(household="A2")
    tell(api.county)
    assert [row.kind for row in deliveries(api.county)] == ["verify", "file"]
    # A new address takes its place only when its own code has come back; guessed too often or too late it never does.
    assert water.post(f"{me}/email", {"value": "new@office.example", **ENTER}, page=me).status_code == 302
    for _ in range(GUESSES):
        water.post(f"{me}/email", {"code": "1", "act": "confirm"}, page=me)
    with api.county.read() as session:
        right = session.scalars(select(Delivery).where(Delivery.kind == "verify").order_by(Delivery.id.desc())).first()
    assert right is not None
    assert "失效" in water.post(f"{me}/email", {"code": right.params["code"], "act": "confirm"}, page=me).text
    water.post(f"{me}/email", {"value": "new@office.example", **ENTER}, page=me)
    latest = deliveries(api.county)[-1].params["code"]
    api.now += CODE_LASTS * 1.01
    assert "失效" in water.post(f"{me}/email", {"code": latest, "act": "confirm"}, page=me).text
    api.now = day(0)
    for _ in range(CODES_AN_HOUR - 3):
        water.post(f"{me}/email", {"value": "new@office.example", **ENTER}, page=me)
    assert "次数过多" in water.post(f"{me}/email", {"value": "n@office.example", **ENTER}, page=me).text
    with api.county.read() as session:
        used = session.scalars(
            select(Address).where(Address.verified_at.is_not(None), Address.ended_at.is_(None))
        ).all()
        assert [vault(api).open(row.value_sealed) for row in used] == ["water@office.example"]
        assert "water@" not in used[0].value_sealed
    assert water.post(f"{me}/email", {**DROP}, page=me).status_code == 302
    with api.county.read() as session:
        said = session.execute(
            select(Event.action, Event.given).where(Event.action.like("address%")).order_by(Event.id)
        )
        codes = [(action, given["address"]) for action, given in said]
    # A person's changes to an address are on the audit trail, by row number, never with the address.
    assert [action for action, _ in codes[:3]] == ["address_entered", "address_used", "address_entered"]
    assert codes[-2:] == [("address_dropped", 1), ("address_dropped", 5)]
    assert "消息接收地址" in visit("inspectorate").get("/trail").text
    assert "office.example" not in visit("inspectorate").get("/trail").text
    api.file(household="A3")
    tell(api.county)
    assert [row.kind for row in deliveries(api.county)].count("file") == 1
    verify = api.app.test_cli_runner().invoke
    assert verify(args=["verify"]).exit_code == 0
    # A row without an event that sends a person's messages elsewhere is found.
    with api.county.write() as session:
        session.execute(update(Address).where(Address.id == 1).values(ended_at=None))
    assert "row_differs: address 1" in verify(args=["verify"]).output


def test_preferences_are_kept_and_mandatory_events_cannot_be_turned_off(api: Api, visit: Visit) -> None:
    reach(api.county, "water")
    water, me = visit("water"), "/preferences"
    off = {f"kind-{kind}": "off" for kind, _, _ in options_for("bureau")}
    sent = water.post(
        me, {**off, "kind-digest": "off", "kind-nothing": "off", "kind-uphold": "x", "language": "en"}, page=me
    )
    assert sent.status_code == 302
    assert "Language of messages" in water.get(me).text
    number = api.file()
    api.post("water", f"/tickets/{number}/accept")
    with api.county.write() as session:
        for action, given in (
            ("escalate", {"rung": 1, "stage": "mend", "status": "issued"}),
            ("comment", {}),
            ("issue_rung", {"rung": 4, "unit": api.county.units["water"], "paper": "2018:4:1"}),
        ):
            event(session, api.county, action, given)
    tell(api.county)
    rows = deliveries(api.county)
    assert [(row.kind, row.language, row.weighty) for row in rows] == [
        ("escalate", "en", False),
        ("issue_rung", "en", True),
    ]
    # As usual again, and one kind at once.
    usual = {f"kind-{kind}": how for kind, how, mandatory in options_for("bureau") if not mandatory}
    water.post(me, {**usual, "kind-digest": "at_once", "kind-file": "digest", "language": "zh_Hans"}, page=me)
    api.file(household="A2")
    tell(api.county)
    assert len(deliveries(api.county)) == 2


def event(session: Any, county: County, action: str, given: dict[str, Any]) -> None:
    event_log.of(session, ("ticket", 1), county.people["office"], START).append(action, given)


def test_the_office_sees_what_did_not_get_through_and_decides(api: Api, visit: Visit) -> None:
    water = reach(api.county, "water")
    api.file()
    api.file(household="A2")
    tell(api.county)
    first, second = (row.id for row in deliveries(api.county))
    with api.county.write() as session:
        session.execute(
            update(Delivery).where(Delivery.id == first).values(status="dead", next_at=None, error="smtp_550")
        )
        session.execute(
            update(Delivery).where(Delivery.id == second).values(status="unknown", next_at=None, weighty=True)
        )
        session.execute(update(Address).where(Address.id == water).values(fault="refused", fault_at=START))
    office, page = visit("office"), "/deliveries"
    assert "未送达的消息：2条" in office.get("/board").text
    shown = office.get(page).text
    # The posts are empty: their messages climb, and the office sees where.
    for said in ("邮件服务器答复550", "情况不明：可能已送达", "被对方拒收", "文书", "岗位空缺的单位"):
        assert said in shown
    assert "被对方拒收" in visit("admin").get("/users").text
    assert "被对方拒收" in visit("water").get("/preferences").text
    for who, status in (("water", 403), ("admin", 403), ("inspectorate", 403)):
        assert visit(who).post(f"{page}/{first}", {"act": "resend"}, page="/preferences").status_code == status
    assert office.post(f"{page}/{first}", {"act": "arrived"}, page=page).status_code == 409
    assert office.post(f"{page}/{first}", {"act": "resend"}, page=page).status_code == 302
    assert office.post(f"{page}/{first}", {"act": "resend"}, page=page).status_code == 409
    assert office.post(f"{page}/{second}", {"act": "arrived"}, page=page).status_code == 302
    rows = {row.id: (row.status, row.tries, row.decided_by_id) for row in deliveries(api.county)}
    me = api.county.people["office"].user_id
    assert rows == {first: ("pending", 0, me), second: ("sent", 0, me)}
    assert "全部送达" in office.get(page).text
    assert office.get(f"{page}?before=99999999999999999999").status_code == 200


def test_who_was_told_and_who_has_read_it_is_seen_by_those_above(api: Api, visit: Visit) -> None:
    number = api.file()
    robot(api.county, "water", "https://oapi.dingtalk.com/robot/send?access_token=t")
    reach(api.county, "water")
    api.post("town", f"/tickets/{number}/comment", {"note": SENTENCE})
    visit("town").post(f"/tickets/{number}/comment", {"note": SENTENCE}, page="/tickets")
    tell(api.county)
    page = f"/tickets/{number}/told"
    assert visit("water").get(page).status_code == 403
    assert visit("power").get(page).status_code == 404
    text = visit("inspectorate").get(page).text
    for said in ("未读", "电子邮件", "钉钉", "等待发送", "县水务局"):
        assert said in text
    visit("water").get(f"/tickets/{number}")
    assert "已读" in visit("office").get(page).text


def test_a_robot_is_set_by_the_administrator_at_a_host_of_the_settings(api: Api, visit: Visit) -> None:
    api.app.config["OUTBOUND"] = ("https://oapi.dingtalk.com",)
    admin, page = visit("admin"), "/robots"
    form = {
        "unit": "water",
        "channel": "dingtalk",
        "secret": "SEC",
        "url": "https://oapi.dingtalk.com/robot/send?access_token=t",
    }
    for wrong in (
        {"url": ""},
        {"url": "https://evil.example/"},
        {"url": "https://oapi.dingtalk.com@evil.example/"},
        {"url": "http://oapi.dingtalk.com/"},
        {"channel": "fax"},
        {"unit": "nowhere"},
        {"url": form["url"] + "x" * 500},
    ):
        answer = admin.post(page, {**form, **wrong}, page=page)
        assert answer.status_code == 422, wrong
        assert "SEC" in answer.text
    assert visit("office").post(page, form, page="/preferences").status_code == 403
    for _ in range(2):
        assert admin.post(page, form, page=page).status_code == 302
    with api.county.read() as session:
        rows = session.scalars(select(Robot).order_by(Robot.id)).all()
        assert [row.ended_at is None for row in rows] == [False, True]
        assert "access_token" not in rows[0].value_sealed
    assert admin.post(f"{page}/{rows[0].id}", page=page).status_code == 404
    assert admin.post(f"{page}/{rows[1].id}", page=page).status_code == 302
    with api.county.read() as session:
        assert session.scalars(select(Event.action).where(Event.action.like("robot%")).order_by(Event.id)).all() == [
            "robot_set",
            "robot_set",
            "robot_ended",
        ]
    assert api.app.test_cli_runner().invoke(args=["verify"]).exit_code == 0


REPORT = b"""Content-Type: multipart/report; report-type=delivery-status; boundary=b
Subject: Undelivered

--b
Content-Type: text/plain

No such user.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Water@office.example
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; power@office.example
Action: delayed
Status: 4.4.1
--b--
"""


def test_a_mail_that_came_back_marks_whose_address_it_was(api: Api) -> None:
    assert failed_addresses(REPORT) == ["Water@office.example"]
    assert failed_addresses(b"Subject: hello\n\nFinal-Recipient: rfc822; a@b.example") == []
    with api.county.write() as session:
        user = session.scalars(select(User).where(User.name == "water")).one()
        session.add(
            Address(
                user_id=user.id,
                channel="email",
                guesses=0,
                created_at=START,
                verified_at=START,
                value_sealed=vault(api).seal("water@office.example"),
                value_index=vault(api).index("water@office.example"),
            )
        )
    done = api.app.test_cli_runner().invoke(args=["notify", "bounce"], input=REPORT)
    assert (done.exit_code, done.output) == (0, "1\n")
    assert api.app.test_cli_runner().invoke(args=["notify", "bounce"], input=b"x").exit_code == 1
    api.file()
    tell(api.county)
    assert deliveries(api.county) == []


def test_the_preview_says_who_would_be_told_what_and_why_and_writes_nothing(api: Api) -> None:
    reach(api.county, "water")
    number = api.file()
    api.post("water", f"/tickets/{number}/accept")
    run = api.app.test_cli_runner().invoke
    with api.county.read() as session:
        ids = {action: event for event, action in session.execute(select(Event.id, Event.action))}
    lines = run(args=["notify", "preview", str(ids["file"])]).output.splitlines()
    assert lines[0].split("\t")[1:] == ["file", "ticket 1", "holder_duty"]
    assert lines[1].split("\t") == [
        f"[{number}] 有新工单待办理 · 饮水 · 甲镇town-a-v1村",
        f"[{number}] A new ticket is waiting · 饮水 · town-a town-a-v1村",
    ]
    assert [line.split("\t")[2] for line in lines[2:]] == ["inbox", "email", "sms"]
    assert lines[2].endswith("the rule; in place of holder_duty")
    assert "2018-11-20T10:00+08:00\tat once" in lines[3]
    assert "-\tnot a kind for text messages" in lines[4]
    assert deliveries(api.county) == []
    for odd in ("0", "9999", "x", "²", "-1"):
        done = run(args=["notify", "preview", odd])
        assert (done.exit_code, done.stdout) == (2 if odd == "-1" else 1, ""), odd


def test_each_working_morning_everybody_gets_one_message_of_what_is_theirs(api: Api) -> None:
    county = api.county
    for who in ("water", "town", "office", "village", "power"):
        reach(county, who)
    robot(county, "water", "https://oapi.dingtalk.com/robot/send?access_token=t")
    first, second = api.file(), api.file(household="A2")
    api.file("village", household="A3")
    api.post("water", f"/tickets/{second}/accept")
    tell(county)
    with county.write() as session:
        session.execute(update(Delivery).values(status="sent", next_at=None))
    # Acceptance is due on the 22nd; that evening it is late, and the 24th is a Saturday.
    for at, made in ((day(1, 8), 0), (day(1, 9), 4), (day(1, 9.5), 0), (day(4, 9), 0)):
        assert _digests(county, at) == made
    rows = [row for row in deliveries(county) if row.kind == "digest"]
    assert sorted(row.channel for row in rows) == ["dingtalk", "email", "email", "email"]
    sent = {row.key.split(":")[1]: row for row in rows}
    me = {who: f"u{county.people[who].user_id}" for who in ("water", "town", "office", "village", "power")}
    assert me["power"] not in sent
    assert me["village"] not in sent
    assert [entry["number"] for entry in sent[me["water"]].params["soon"]["shown"]] == [first]
    assert sent[me["office"]].params["seats"]["count"] > 0
    assert "late" not in sent[me["town"]].params
    with mail_server() as server:
        deliver_channel(county.engine, lambda: day(1, 9), server.channel(), VAULT)
        mail = next(m for m, to in zip(server.mails, server.to, strict=True) if to.startswith("water"))
        assert mail["Subject"] == "今日待办"
        text, page = (part.get_content() for part in mail.iter_parts())
        for said in ("三个工作日内到期 (1)", first, "饮水", "/tickets/"):
            assert said in text
            assert said in page
    # After a clock jump of two days no digest goes out until a person releases it.
    assert send_digests(county.engine, lambda: day(3, 8.5)) == 0
    with county.write() as session:
        sweep_watch.release(session, county.people["admin"], day(3, 8.6))
    assert send_digests(county.engine, lambda: day(3, 9)) > 0
    late = [row for row in deliveries(county) if row.key == f"d2018-11-23:{me['water']}"]
    assert late[0].params["late"]["count"] == 1


def test_the_office_sees_events_without_messages_and_has_them_tried_again(api: Api, visit: Visit) -> None:
    api.file()
    with api.county.write() as session:
        event_id = session.scalars(update(Outbox).values(tries=MOST_TRIES).returning(Outbox.event_id)).all()[-1]
        assert dispatch(session, START) == 0
    office, page = visit("office"), "/deliveries"
    shown = office.get(page).text
    assert f"事项{event_id}" in shown
    assert 'class="x-bad">启用考核方案<' in shown
    assert ['value="tell"' in visit(who).get(page).text for who in ("office", "inspectorate")] == [True, False]
    assert office.post(f"{page}/{event_id}", {"act": "tell"}, page=page).status_code == 302
    tell(api.county)
    assert f"事项{event_id}" not in office.get(page).text
