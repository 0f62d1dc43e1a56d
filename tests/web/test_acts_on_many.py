"""One act on many tickets from the list: each is done once or is not, stops no other, and is named with its outcome."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, event, insert, select

from models import Custody, Event, Evidence, Ticket
from models.failures import OutcomeUnknown
from tests.support.camera import photo
from tests.support.factories import County, day, settle_county
from tests.support.many_tickets import file_many
from tests.support.pages import Pages, open_pages, token
from workflow.tickets.many.acts_on_many import MOST, Choice, Outcome, act_on_many


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(engine, database_url, tmp_path / "files") as opened:
        yield opened


def act(pages: Pages, who: str, name: str, boxes: list[str], /, view: str = "?mine=1", **more: str) -> Any:
    """Sends the list's form with these boxes ticked; the answer, redirects not followed."""
    form = {"csrf_token": token(pages.client(who), "/password"), "act": name, "t": boxes, **more}
    return pages.client(who).post(f"/ticket-acts{view}", data=form, buffered=True)


def box(pages: Pages, ticket: int) -> str:
    row = pages.county.ticket(ticket)
    return f"{row.number}:{row.version}"


def panel(pages: Pages, who: str, answer: Any) -> str:
    """The outcomes above the list, to which the form led."""
    assert answer.status_code == 302, answer.text
    page = str(pages.get(who, answer.location).text)
    return page.split("x-outcomes")[1].split("</section>")[0]


def line_of(pages: Pages, text: str, ticket: int) -> str:
    number = pages.county.ticket(ticket).number
    return next(part for part in text.split("<li>") if number in part)


def states(county: County) -> Counter[str]:
    with county.read() as session:
        return Counter(session.scalars(select(Ticket.state)))


def events(county: County, action: str) -> Counter[int]:
    with county.read() as session:
        return Counter(session.scalars(select(Event.subject_id).where(Event.action == action)))


class Cut(BaseException):
    """The process ends here, whatever it was doing."""


def test_two_hundred_tickets_killed_in_the_middle_one_contested_and_one_poisoned(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settle_county(engine, households=MOST)
    assert file_many(county, [("village", f"A{n}", "water") for n in range(1, MOST + 1)]) == MOST
    pages = Pages(county, database_url, tmp_path / "files")
    with county.read() as session:
        rows = session.scalars(select(Ticket).order_by(Ticket.id)).all()
    ids, boxes = [row.id for row in rows], [f"{row.number}:{row.version}" for row in rows]
    county.bring("village", ids[0])
    with engine.begin() as connection:
        piece = dict(connection.execute(select(Evidence.__table__)).mappings().one())
        del piece["id"]
        connection.execute(insert(Evidence.__table__), [piece | {"ticket_id": ticket} for ticket in ids[1:]])
    contested, poisoned = ids[40], ids[80]
    county.do("town", "send_back", contested, reason="照片看不清，请补拍水源")
    with engine.begin() as connection:
        # A row that no act can go on from.
        connection.execute(delete(Custody).where(Custody.ticket_id == poisoned))
    served: Engine = pages.app.extensions["xiaohao"].engine
    commits = 0

    def cut(_connection: Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == 120:
            raise Cut

    form = {"once": "a-key-of-this-form"}
    event.listen(served, "commit", cut)
    try:
        with pytest.raises(Cut):
            act(pages, "town", "endorse", boxes, **form)
    finally:
        event.remove(served, "commit", cut)
    halfway = events(county, "endorse")
    assert 0 < len(halfway) < 120
    assert set(halfway.values()) == {1}
    for _ in range(2):
        # The same form again, as a browser sends it: it goes on, and then enters nothing more.
        text = panel(pages, "town", act(pages, "town", "endorse", boxes, **form))
        assert events(county, "endorse") == Counter(set(ids) - {contested, poisoned})
    assert f"已办{MOST - 2}件，未办2件" in text
    assert "其间已有变动" in line_of(pages, text, contested)
    assert "系统出错" in line_of(pages, text, poisoned)
    assert states(county) == {"assigned": MOST - 2, "returned": 1, "reported": 1}


def test_a_lost_commit_ends_the_act_and_is_no_failed_ticket(pages: Pages) -> None:
    tickets = [pages.county.file("town", f"A{n}") for n in (1, 2)]
    choices = [Choice(pages.county.ticket(ticket).number, None) for ticket in tickets]

    def lost(number: str, step: Any) -> Outcome:
        with pages.county.write() as session:
            outcome: Outcome = step(session, day(0))
        if number == choices[1].number:
            raise OutcomeUnknown
        return outcome

    with pytest.raises(OutcomeUnknown):
        act_on_many(lost, pages.county.people["water"], "accept", choices, {})
    assert events(pages.county, "accept") == Counter(tickets)


def test_what_has_no_photo_is_endorsed_only_after_its_page_was_opened(pages: Pages) -> None:
    ticket = pages.county.file("village")
    number, seen = pages.county.ticket(ticket).number, box(pages, ticket)
    page = pages.get("town", "/tickets?mine=1").text
    assert f'value="{seen}" data-acts="endorse comment handler send_back' not in page
    assert "先打开看过再上报" in page
    assert " disabled" in page.split(f'value="{seen}"')[1].split(">")[0]
    answer = act(pages, "town", "endorse", [seen])
    assert "请先打开看过" in line_of(pages, panel(pages, "town", answer), ticket)
    assert pages.county.ticket(ticket).state == "reported"
    ticket_page = pages.get("town", f"/tickets/{number}").text
    # The bureau it goes to stands above the button.
    assert "将转县水务局办理" in ticket_page.split("x-at-once")[1].split("</form>")[0]
    assert " disabled" not in pages.get("town", "/tickets?mine=1").text.split(f'value="{seen}"')[1].split(">")[0]
    assert "已办1件，未办0件" in panel(pages, "town", act(pages, "town", "endorse", [seen]))
    assert pages.county.ticket(ticket).state == "assigned"


def test_photos_cause_and_bureau_stand_in_the_row(pages: Pages) -> None:
    ticket = pages.county.file("village", kind="house", cause="quota")
    form = {"csrf_token": token(pages.client("village"), "/password"), "file": (io.BytesIO(photo()), "现场.jpg")}
    where = f"/tickets/{pages.county.ticket(ticket).number}/evidence"
    assert pages.client("village").post(where, data=form, content_type="multipart/form-data").status_code == 302
    row = next(part for part in pages.get("town", "/tickets?mine=1").text.split("<tr class=") if "x-proof" in part)
    assert all(text in row for text in ("年度任务", "→ <strong>甲镇", "/thumbnail"))
    assert "disabled" not in row


def test_all_of_a_view_is_done_and_what_the_act_does_not_fit_is_left_alone(pages: Pages) -> None:
    mine = [pages.county.file("town", f"A{n}") for n in (1, 2)]
    theirs = pages.county.file("other_town", "B1")
    pages.county.do("water", "accept", theirs)
    text = panel(pages, "water", act(pages, "water", "accept", [], "?mine=1", all="1"))
    assert "已办2件，未办0件" in text
    assert events(pages.county, "accept") == Counter({*mine, theirs})


def test_a_shared_reason_and_day_are_for_all_and_who_cannot_have_them_is_named_with_why(pages: Pages) -> None:
    tickets = [pages.county.file("town", f"A{n}") for n in (1, 2)]
    for ticket in tickets:
        pages.county.do("water", "accept", ticket)
    pages.county.do("office", "extend", tickets[1], until="2018-12-10", reason="道路塌方，材料运不进村")
    boxes = [box(pages, ticket) for ticket in tickets]
    given = {"extend.until": "2018-12-11", "extend.reason": "连日大雨，施工队进不了村"}
    text = panel(pages, "office", act(pages, "office", "extend", boxes, "", **given))
    assert "已办1件，未办1件" in text
    assert "领导小组" in line_of(pages, text, tickets[1])
    assert pages.county.ticket(tickets[0]).extensions == 1


def test_nothing_is_done_where_nothing_is_ticked_or_the_reason_is_missing_and_ticks_stay(pages: Pages) -> None:
    ticket = pages.county.file("village")
    seen = box(pages, ticket)
    none = act(pages, "town", "endorse", [])
    assert none.status_code == 422
    assert "请至少勾选一件工单" in none.text
    bare = act(pages, "town", "send_back", [seen])
    assert bare.status_code == 422
    assert 'id="send_back-reason-wrong"' in bare.text
    assert " checked" in bare.text.split(f'value="{seen}"')[1].split(">")[0]
    assert pages.county.ticket(ticket).state == "reported"
    assert act(pages, "town", "resolve", [seen]).status_code == 404


def test_handlers_and_comments_go_to_all_and_are_offered_by_name(pages: Pages) -> None:
    tickets = [pages.county.file("town", f"A{n}") for n in (1, 2)]
    boxes = [box(pages, ticket) for ticket in tickets]
    assert '<option value="water"' in pages.get("water", "/tickets?mine=1").text
    assert "已办2件" in panel(pages, "water", act(pages, "water", "handler", boxes, **{"handler.handler": "water"}))
    note = {"comment.note": "周三上午统一进场施工"}
    assert "已办2件" in panel(pages, "water", act(pages, "water", "comment", boxes, **note))
    assert events(pages.county, "comment") == events(pages.county, "handler") == Counter(tickets)


def test_outcomes_are_their_senders_alone(pages: Pages) -> None:
    ticket = pages.county.file("town")
    answer = act(pages, "water", "accept", [box(pages, ticket)])
    assert "x-outcomes" in pages.get("water", answer.location).text
    assert "x-outcomes" not in pages.get("office", answer.location).text
    assert "x-outcomes" not in pages.get("water", "/tickets?outcome=99999999999999999999").text


def test_inspectors_tick_nothing(pages: Pages) -> None:
    pages.county.file("town")
    assert 'name="t"' not in pages.get("inspectorate", "/tickets").text
    assert 'name="t"' in pages.get("office", "/tickets").text


def test_after_an_act_the_next_ticket_of_the_list_is_open(pages: Pages) -> None:
    first, second = (pages.county.file("town", f"A{n}", at=day(0, 10 + n / 10)) for n in (1, 2))
    pages.now = day(0, 11)
    pages.get("water", "/tickets?mine=1")
    numbers = [pages.county.ticket(ticket).number for ticket in (first, second)]
    led = [pages.post("water", f"/tickets/{number}/accept", then="next").location for number in numbers]
    assert led == [f"/tickets/{numbers[1]}", "/tickets?mine=1"]
    assert "没有其他待办工单" in pages.get("water", led[1]).text
    assert events(pages.county, "accept") == Counter([first, second])


def test_what_was_sent_back_is_supplemented_with_its_photo_in_one_form(pages: Pages) -> None:
    ticket = pages.county.file("village")
    pages.county.do("town", "send_back", ticket, reason="照片看不清，请补拍水源")
    number, client = pages.county.ticket(ticket).number, pages.client("village")
    assert 'id="resubmit-evidence"' in client.get(f"/tickets/{number}").text
    form = {
        "csrf_token": token(client, "/password"),
        "version": str(pages.county.ticket(ticket).version),
        "note": "已补拍水源和水管接口",
        "file": (io.BytesIO(photo(2)), "补拍.jpg"),
    }
    sent = client.post(f"/tickets/{number}/resubmit", data=form, content_type="multipart/form-data")
    assert sent.status_code == 302, sent.text
    assert pages.county.ticket(ticket).state == "reported"
    with pages.county.read() as session:
        assert session.scalars(select(Evidence.filename).where(Evidence.ticket_id == ticket)).all() == ["补拍.jpg"]
