"""A watchman learns of a dead worker, of a late rung, of a message nobody got, and of what the auditor found."""

from datetime import timedelta
from typing import Any

from tests.factories import day
from tests.web.conftest import Api
from web.health import DEAD, LATE
from worker import audit, look, tell


def health(api: Api) -> tuple[int, Any]:
    answer = api.client.get("/healthz")
    return answer.status_code, answer.json


def work(api: Api) -> None:
    """What the worker does every minute."""
    look(api.county.engine, lambda: api.now)
    tell(api.county.engine, lambda: api.now)


def test_a_county_tried_out_without_a_worker_is_well_but_not_in_production(api: Api) -> None:
    api.file()
    api.now = day(40)
    assert health(api)[0] == 200
    api.app.config["ENV_NAME"] = "production"
    assert health(api)[0] == 503


def test_a_worker_that_no_longer_beats_is_dead_though_nothing_is_due(api: Api) -> None:
    work(api)
    assert health(api)[0] == 200
    api.now += DEAD
    assert health(api)[0] == 200
    api.now += timedelta(seconds=1)
    status, told = health(api)
    assert (status, told["worker_dead"], told["lag_seconds"]) == (503, True, 0)
    work(api)
    assert health(api)[0] == 200


def test_an_event_nobody_is_told_of_is_seen(api: Api) -> None:
    work(api)
    api.file()
    api.now += LATE + timedelta(seconds=1)
    look(api.county.engine, lambda: api.now)
    status, told = health(api)
    assert (status, told["untold"]) == (503, 1)
    tell(api.county.engine, lambda: api.now)
    assert health(api)[0] == 200


def test_the_auditors_finding_is_told(api: Api) -> None:
    assert health(api)[1]["audit"] is None
    api.file()
    audit(api.county.engine, lambda: day(1))
    told = health(api)[1]["audit"]
    assert (told["looked_at"], told["missing"], told["unfounded"]) == (1, 0, 0)
    audit(api.county.engine, lambda: day(60))
    assert health(api)[1]["audit"]["missing"] == 1
