"""Health: `/healthz` and `/metrics` show a dead worker, a late rung, an undelivered message and the auditor's findings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models import PaperPending, Tenure, WorkerHeartbeat
from tests.support.cases import accepted, act, overdue, raised
from tests.support.factories import day
from tests.support.http_clients import Api, Visitor
from tests.support.texts import SENTENCE
from web.health import DEAD, LATE
from worker import audit, dispatch_events, seal, sweep_once
from workflow.accountability import paper_actions, sweep, sweep_watch
from workflow.tickets import lookup


def health(api: Api) -> tuple[int, Any]:
    answer = api.client.get("/healthz")
    return answer.status_code, answer.json


def settle(api: Api) -> None:
    """Tells people of what happened, and seals it."""
    dispatch_events(api.county.engine, lambda: api.now)
    seal(api.county.engine, lambda: api.now)


def work(api: Api) -> None:
    """Runs the worker's jobs of one minute."""
    sweep_once(api.county.engine, lambda: api.now)
    settle(api)


def test_a_county_tried_out_without_a_worker_is_well_but_not_in_production(api: Api) -> None:
    api.file()
    api.now = day(40)
    assert health(api)[0] == 200
    api.app.config["ENV_NAME"] = "production"
    assert health(api)[0] == 503


def test_in_production_a_stranger_learns_whether_it_is_alive_and_nothing_else(api: Api) -> None:
    work(api)
    api.app.config["ENV_NAME"] = "production"
    assert health(api) == (200, {"alive": True, "well": True})
    for address in ("/metrics", "/api/v1/openapi.json"):
        assert api.client.get(address).status_code == 401, address
        assert api.client.get(address, headers=bearer(api, "office")).status_code == 200, address
    assert api.client.get("/metrics", headers=bearer(api, "town")).status_code == 401
    assert "worker" not in api.client.get("/healthz", headers=bearer(api, "water")).get_data(as_text=True)
    for who in ("admin", "office", "leaders", "inspectorate"):
        assert "worker" in api.client.get("/healthz", headers=bearer(api, who)).get_data(as_text=True), who
    api.now += LATE
    api.now += DEAD
    assert health(api) == (503, {"alive": True, "well": False})


def bearer(api: Api, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.tokens[who]}"}


def test_a_worker_that_no_longer_beats_is_dead_though_nothing_is_due(api: Api) -> None:
    work(api)
    assert health(api)[0] == 200
    api.now += DEAD
    assert health(api)[0] == 200
    api.now += timedelta(seconds=1)
    status, body = health(api)
    assert (status, body["worker_dead"], body["lag_seconds"]) == (503, True, 0)
    work(api)
    assert health(api)[0] == 200


def test_an_event_nobody_is_told_of_is_seen(api: Api) -> None:
    work(api)
    api.file()
    api.now += LATE + timedelta(seconds=1)
    sweep_once(api.county.engine, lambda: api.now)
    status, body = health(api)
    assert (status, body["untold"]) == (503, 1)
    work(api)
    assert health(api)[0] == 200


def test_events_that_nobody_seals_are_an_alarm(api: Api) -> None:
    work(api)
    api.file()
    api.now += LATE + timedelta(seconds=1)
    sweep_once(api.county.engine, lambda: api.now)
    dispatch_events(api.county.engine, lambda: api.now)
    status, body = health(api)
    assert (status, body["unsealed_seconds"]) == (503, LATE.total_seconds() + 1)
    seal(api.county.engine, lambda: api.now)
    assert (health(api)[0], health(api)[1]["unsealed_seconds"]) == (200, 0)


def test_the_auditors_finding_is_told(api: Api) -> None:
    assert health(api)[1]["audit"] is None
    api.file()
    audit(api.county.engine, lambda: day(1))
    health_audit = health(api)[1]["audit"]
    assert (health_audit["open"], health_audit["looked_at"], health_audit["missing"], health_audit["unfounded"]) == (
        1,
        1,
        0,
        0,
    )
    audit(api.county.engine, lambda: day(60))
    assert health(api)[1]["audit"]["missing"] == 1


def test_a_finding_passes_once_and_is_a_fault_when_it_is_there_again(api: Api, visit: Callable[..., Visitor]) -> None:
    number = api.file()
    api.now = day(40)
    # Due long ago, and no sweep has run: it is missing, as is every rung for the minute until the next sweep.
    with api.county.write() as session:
        sweep_watch.heartbeat(session, "w", api.now, starting=True)
        # The timers used by sweep and lag are wrong, so only the auditor finds it.
        session.execute(update(Tenure).values(next_at=None, next_what=None))
    settle(api)
    audit(api.county.engine, lambda: api.now)
    status, body = health(api)
    assert (status, body["audit"]["missing"], body["audit"]["again"], body["lag_seconds"]) == (200, 1, 0, 0)
    audit(api.county.engine, lambda: api.now)
    status, body = health(api)
    assert (status, body["audit"]["missing"], body["audit"]["again"]) == (503, 1, 1)
    assert figure(api, "audit_again") == 1
    board = visit("office").get("/board").get_data(as_text=True)
    assert f'class="x-bad" href="/tickets/{number}"' in board
    api.county.do("office", "cancel", lookup.id_of(number) or 0, api.now, reason=SENTENCE)
    settle(api)
    audit(api.county.engine, lambda: api.now)
    assert (health(api)[0], health(api)[1]["audit"]["again"]) == (200, 0)


def test_what_papers_and_cases_lack_is_a_fault_the_second_time_and_what_waits_opens_into_its_list(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    accepted(api.county)
    late = overdue(api.county, "A2")
    case = raised(api.county, late)
    act(api.county, "office", case, "notify")
    api.county.resolve(late, day(20))
    sweep.run(api.county.read, api.county.write, day(21, 8.5))
    api.now = day(23)
    with api.county.write() as session:
        sweep_watch.heartbeat(session, "w", api.now, starting=True)
        # The timer of the receipt is wrong, so that no sweep puts it down.
        session.execute(update(PaperPending).values(deemed_at=None))
    for seen, status in ((0, 200), (2, 503)):
        settle(api)
        audit(api.county.engine, lambda: api.now)
        answer, body = health(api)
        assert (answer, body["audit"]["beside"], body["audit"]["beside_again"]) == (status, 2, seen)
    assert [figure(api, f"audit_{name}") for name in ("papers", "cases", "beside_missing", "beside_again")] == [
        1,
        1,
        2,
        2,
    ]
    office = visit("office")
    board = office.get("/board").get_data(as_text=True)
    assert "应视为签收而未登记" in board
    for there in (
        '"/papers/2018:%E5%8D%8E%E6%89%B6%E5%8A%9E:1"',
        f'"/cases/{case}"',
        '"/papers?which=open&amp;rung=3"',
        '"/cases?state=notified"',
        '"/cases?state=late"',
    ):
        assert there in board, there
    assert "/papers/2018:%E5%8D%8E%E6%89%B6%E5%8A%9E:1" in office.get("/papers?rung=3&which=open").get_data(
        as_text=True
    )
    for state, listed in (("notified", True), ("late", True), ("served", False)):
        assert (f"/cases/{case}" in office.get(f"/cases?state={state}").get_data(as_text=True)) == listed, state
    # What a person has to decide is on the board and leads to where it is decided.
    assert "待决定事项" not in board
    act(api.county, "office", case, "seek_withdrawal", at=day(23))
    with api.county.write() as session:
        paper_actions.ask_revocation(session, api.county.people["office"], day(23), "2018:华扶办:1", "有误")
    sweep.run(api.county.read, api.county.write, day(31, 8.5))
    board = office.get("/board").get_data(as_text=True)
    decided = board[board.index("待决定事项") :]
    for there in ("拟定，待签发或不予签发", "已申请撤销", "已提请撤案"):
        assert there in decided, there


def test_an_auditor_that_no_longer_compares_is_a_fault(api: Api) -> None:
    work(api)
    audit(api.county.engine, lambda: api.now)
    for minute in range(1, 32):
        api.now += timedelta(minutes=1)
        sweep_once(api.county.engine, lambda: api.now)
        assert health(api)[0] == (200 if minute <= 30 else 503)
    audit(api.county.engine, lambda: api.now)
    assert health(api)[0] == 200


def test_downtime_is_a_figure_and_on_the_board(api: Api, visit: Callable[..., Visitor]) -> None:
    work(api)
    assert figure(api, "downtime_seconds") == health(api)[1]["downtime_seconds"] == 0
    api.now += timedelta(hours=2)
    work(api)
    assert figure(api, "downtime_seconds") == health(api)[1]["downtime_seconds"] == 7200
    # From 10:00 to 12:00, all of it working time.
    assert "本年度系统停机1次 · 工作时间2小时" in " ".join(visit("office").get("/board").get_data(as_text=True).split())


def figure(api: Api, name: str) -> float:
    """One of the Prometheus figures."""
    lines = api.client.get("/metrics").get_data(as_text=True).splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"xiaohao_{name} ")))


def test_a_lag_past_the_limit_is_a_fault_and_one_within_it_is_not(api: Api) -> None:
    api.file()
    work(api)
    with api.county.read() as session:
        due = session.scalars(select(Tenure.next_at)).one()
    assert due is not None
    for late, status in ((LATE, 200), (LATE + timedelta(seconds=1), 503)):
        api.now = due + late
        with api.county.write() as session:
            session.execute(update(WorkerHeartbeat).values(beat_at=api.now))
        assert health(api)[0] == status
        assert figure(api, "sweep_lag_seconds") == late.total_seconds()


def test_a_held_sweep_is_a_fault_until_a_person_releases_it_on_the_page(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    work(api)
    api.now = day(3)
    work(api)
    assert (health(api)[0], health(api)[1]["held"], figure(api, "sweep_held")) == (503, "clock_leap", 1)
    assert visit("leaders").post("/sweep/release", page="/password").status_code == 403
    office = visit("office")
    assert "release" in office.get("/board").get_data(as_text=True)
    assert office.post("/sweep/release", page="/board").status_code == 302
    work(api)
    assert (health(api)[0], health(api)[1]["held"], figure(api, "sweep_held")) == (200, None, 0)
    assert office.post("/sweep/release", page="/board").status_code == 409


def test_the_administrator_sees_that_the_sweep_holds_and_may_release_it(
    api: Api, visit: Callable[..., Visitor]
) -> None:
    work(api)
    api.now = day(3)
    work(api)
    admin = visit("admin")
    assert "/sweep/release" in admin.get("/users").get_data(as_text=True)
    assert admin.post("/sweep/release", page="/users").status_code == 302
    assert "/sweep/release" not in admin.get("/users").get_data(as_text=True)


def test_each_figure_of_the_watch_is_there_for_prometheus(api: Api) -> None:
    api.file()
    work(api)
    audit(api.county.engine, lambda: day(60))
    api.now += timedelta(seconds=90)
    names = (
        "worker_beat_age_seconds",
        "outbox_waiting",
        "audit_open",
        "audit_looked_at",
        "audit_missing",
        "audit_unfounded",
    )
    assert [figure(api, name) for name in names] == [90, 0, 1, 1, 1, 0]
    # The office and the leading group have one each.
    assert figure(api, "units_without_leader") == health(api)[1]["without_leader"] == 6


def test_a_unit_without_a_reachable_leader_is_on_the_board(api: Api, visit: Callable[..., Visitor]) -> None:
    api.file()
    assert "没有可联系负责人的单位：6" in visit("office").get("/board").get_data(as_text=True)


def test_every_figure_has_its_name_and_what_was_never_looked_at_has_none(api: Api) -> None:
    def figures() -> dict[str, float]:
        lines = api.client.get("/metrics").get_data(as_text=True).splitlines()
        told = (line.split() for line in lines if line.startswith("xiaohao_"))
        return {name.removeprefix("xiaohao_"): float(value) for name, value in told}

    settle(api)
    plain = {
        "sweep_lag_seconds": 0.0,
        "sweep_held": 0.0,
        "clock_in_doubt": 0.0,
        "clock_skew_seconds": 0.0,
        "data_key_wrong": 0.0,
        "store_unmarked": 0.0,
        "outbox_waiting": 0.0,
        "downtime_seconds": 0.0,
        "deliveries_given_up": 0.0,
        "delivery_lag_seconds": 0.0,
        "units_without_leader": 6.0,
        "unsealed_seconds": 0.0,
    }
    assert figures() == plain
    number = api.file()
    audit(api.county.engine, lambda: day(0))
    with api.county.write() as session:
        sweep_watch.heartbeat(session, "w", day(0), starting=True)
    api.now += timedelta(seconds=90)
    compared = dict.fromkeys(("missing", "unfounded", "again", "papers", "cases"), 0.0)
    found = compared | {"open": 1.0, "looked_at": 1.0, "beside_missing": 0.0, "beside_again": 0.0}
    ages = {"worker_beat_age_seconds": 90.0, "audit_age_seconds": 90.0, "unsealed_seconds": 90.0}
    waiting = {"outbox_waiting": 1.0}
    assert figures() == plain | waiting | ages | {f"audit_{name}": value for name, value in found.items()}
    assert number
    told = health(api)[1]
    assert told == {
        "alive": True,
        "worker": told["worker"],
        "well": True,
        "worker_dead": False,
        "clock_in_doubt": None,
        "clock_skew_seconds": 0.0,
        "data_key_wrong": False,
        "store_unmarked": False,
        "held": None,
        "last_sweep": None,
        "lag_seconds": 0,
        "untold": 0,
        "audit": told["audit"],
        "audit_silent": False,
        "without_leader": 6,
        "downtime_seconds": 0,
        "undelivered": 0,
        "delivery_lag_seconds": 0,
        "unsealed_seconds": 90,
    }
    assert {name: told["audit"][name] for name in ("papers", "cases", "beside", "beside_again")} == dict.fromkeys(
        ("papers", "cases", "beside", "beside_again"), 0
    )
