"""API contract: a seeded run of schemathesis against a real app finds nothing.

All checks are on.  A request that fits the description may be refused with 422 by a rule (a day in the past, evidence of
another ticket, two subjects that do not go together), never because its shape was not understood: `shape_is_understood`
holds the API to that.
"""

import json
import os
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import schemathesis
import schemathesis.openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema
from schemathesis.transport.wsgi import WSGITransport

from tests.support.http_clients import Api
from tests.support.texts import SENTENCE

pytestmark = pytest.mark.one_database
#: Of how many operations one is tried here; with XIAOHAO_WHOLE_API all of them are, which takes minutes.
SHARE = 1 if os.environ.get("XIAOHAO_WHOLE_API") else 8

#: The API's error codes for a body or an address of the wrong shape.
SHAPES = frozenset(
    {
        "bad_body",
        "bad_cursor",
        "bad_findings",
        "bad_figure",
        "bad_limit",
        "bad_version",
        "bad_within",
        "not_a_date",
        "not_a_form",
        "not_a_list",
        "not_a_number",
        "not_haves",
        "not_one_of",
        "not_text",
        "not_ticket_numbers",
        "not_understood",
        "not_versions",
        "not_yes_or_no",
        "too_long",
        "unit_unknown",
        "unknown_field",
        "unknown_key",
        "kind_unknown",
    }
)


@schemathesis.check
def shape_is_understood(_ctx: Any, response: Any, case: Any) -> None:
    if response.status_code == 422 and case.meta is not None and not case.meta.generation.mode.is_negative:
        code = json.loads(response.content)["code"]
        assert code not in SHAPES, f"{code} for a request that fits the description"


@pytest.fixture(autouse=True)
def without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app called in process takes no network settings, which some checks pass on."""
    send = WSGITransport.send

    def sent(self: WSGITransport, case: Any, **how: Any) -> Any:
        return send(
            self,
            case,
            **{name: value for name, value in how.items() if name not in ("max_redirects", "verify", "cert")},
        )

    monkeypatch.setattr(WSGITransport, "send", sent)


def failures(api: Api, who: str, phase: str, **more: Any) -> tuple[int, list[str]]:
    """The number of requests of one phase, and its failures, one line each."""
    config = {
        "seed": 13,
        "headers": {"Authorization": f"Bearer {api.tokens[who]}", "Accept-Encoding": "identity"},
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422"]}},
        "generation": {"database": "none", "no-shrink": True, **more},
        "cache": {"enabled": False},
        "phases": {"enabled": False, phase: {"enabled": True}},
    }
    schema: BaseSchema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", api.app, config=SchemathesisConfig.from_dict(config)
    )
    if phase != "stateful":
        schema = schema.include(lambda ctx: crc32(f"{phase} {ctx.operation.label}".encode()) % SHARE == 0)
    cases, wrong = 0, list[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(getattr(event, "info", event)))
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            wrong += _failures(event.recorder)
    return cases, wrong


def _failures(recorder: Any) -> Iterator[str]:
    for name, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = recorder.cases[name].value
                sent = (case.method, case.formatted_path, case.query, case.body)
                yield f"{check.name}: {sent}: {check.failure_info.failure.message}"[:600]


def settle(api: Api) -> None:
    """Creates one of everything, so that every link has a target."""
    one, other = api.file(household="A1"), api.file(household="A2")
    api.file(household="A3", kind="power")
    api.post("water", f"/tickets/{one}/accept")
    api.post("water", f"/tickets/{one}/resolve", {"evidence": [api.bring("water", one)]})
    api.post("water", f"/tickets/{other}/decline", {"ground": "not_ours", "cited_duty": SENTENCE})
    given = {"unit": "water", "words": SENTENCE, "due_on": "2018-11-23"}
    assert api.post("leaders", f"/tickets/{one}/instructions", given).status_code == 201


def test_operations_keep_their_description_at_the_edges_of_what_it_takes(api: Api) -> None:
    settle(api)
    cases, wrong = failures(api, "office", "coverage")
    assert wrong == []
    assert cases > 100


def test_operations_keep_their_description_for_what_comes_to_mind(api: Api) -> None:
    settle(api)
    cases, wrong = failures(api, "office", "fuzzing", **{"max-examples": 2 if SHARE > 1 else 30})
    assert wrong == []
    assert cases >= 10


def test_what_an_answer_links_to_is_there(api: Api) -> None:
    settle(api)
    cases, wrong = failures(api, "office", "stateful", **{"max-examples": 2 if SHARE > 1 else 20})
    assert wrong == []
    assert cases >= 10
