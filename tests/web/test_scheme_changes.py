"""Changes of a scheme in sentences: each part by its name, what was and what will be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import Engine

from tests.support.apps import app_on
from tests.support.factories import settle_county, small_scheme, words
from tests.support.schemes import with_part
from web.words import scheme_changes
from workflow.policy import scheme_diff
from workflow.policy.scheme.model import Scheme

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture(autouse=True)
def _english(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[None]:
    settle_county(engine, small_scheme())
    app = app_on(database_url, FILES=tmp_path, TESTING=True)
    with app.test_request_context(), force_locale("en"):
        yield


def changed(path: str, value: Any) -> Scheme:
    return with_part(small_scheme(), path, value)


NEW_UNIT = {"code": "fire", "name": "县消防大队", "name_en": "fire brigade", "type": "bureau"}
TOWN_ROUTE = {"code": "x", "lead": "town", "confirmer": "water", "reason": words("x"), "when": {}}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("year", 2019, ["year: 2018 → 2019"]),
        ("title", words("new"), ["title · English: small → new", "title · Chinese: small → new"]),
        ("reopen_days", 30, ["days for reopening: 20 → 30"]),
        ("deemed_acceptance", 4, ["days until deemed accepted: 3 → 4"]),
        ("decline.rounds", 3, ["declining · rounds: 2 → 3"]),
        ("suspension.max_days", 10, ["suspension · maximum days: 20 → 10"]),
        ("limits.normal.mend", 11, ["limit · resolution: 10 working days → 11 working days · all kinds"]),
        (
            "limits.urgent.vet",
            2,
            ["limit · check by the town · urgent: 1 working days → 2 working days · all kinds"],
        ),
        ("limits.normal.cap", 41, ["limit · whole ticket: 40 working days → 41 working days · all kinds"]),
        ("kinds.0.name", words("自来水"), ["kind · 自来水 · name: 饮水 → 自来水"]),
        ("kinds.0.indicator", 18, ["kind · 饮水 · indicator: 1 → 18"]),
        ("kinds.0.subjects", ["household"], ["kind · 饮水 · filed for: household, village → household"]),
        ("kinds.0.sources", ["visit"], ["kind · 饮水 · sources:  → visit"]),
        ("kinds.0.have", "water", ["kind · 饮水 · requirement: new"]),
        ("kinds.2", None, ["kind · 档案: removed"]),
        ("kinds.3.causes.0.name", words("任务"), ["cause · 危改 · 任务 · name: 年度任务 → 任务"]),
        ("kinds.3.hard_stop", None, ["fixed last day · 危改: removed"]),
        ("kinds.3.hard_stop.date", "12-10", ["fixed last day · 危改: 12-20 quota → 12-10 quota"]),
        (
            "kinds.0.routes.0",
            TOWN_ROUTE,
            ["responsible unit · 饮水: water → the town", "confirming unit · 饮水: the town → water"],
        ),
        ("ladder.rungs.1.offset", 1, ["rung · urge · working days from the deadline: 0 → 1"]),
        ("ladder.rungs.1.issued_by", "person", ["rung · urge · issued by: the system → a person"]),
        ("ladder.rungs.1.tells", ["town", "admin"], ["rung · urge · recipients: — → town, administrator"]),
        ("ladder.rungs.1.name", words("push"), ["rung · push · name: urge → push"]),
        ("units.+", NEW_UNIT, ["unit · fire brigade: new"]),
        ("units.2.name", "水利局", ["unit · water name: 县水务局 → 水利局"]),
        ("units.2.aliases", [], ["unit · water aliases: 水务局 → "]),
        (
            "indicators.0.title",
            words("new"),
            ["indicators · new · title English: 减贫 → new", "indicators · new · title Chinese: 减贫 → new"],
        ),
    ],
    ids=str,
)
def test_each_change_is_told_by_what_it_concerns(path: str, value: Any, said: list[str]) -> None:
    old, new = small_scheme(), changed(path, value)
    assert scheme_changes.rule_lines(old, new) == said
    assert scheme_changes.rule_lines(new, new) == []
    assert scheme_diff.compare(new, new) == ()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("units.+", NEW_UNIT, ["unit · fire brigade: removed"]),
        ("units.2.aliases", ["水务局", "水利局"], ["unit · water aliases: 水务局、水利局 → 水务局"]),
        ("kinds.2", None, ["kind · 档案: new"]),
        ("kinds.3.hard_stop", None, ["fixed last day · 危改: new"]),
        ("ladder.rungs.1.tells", ["town", "admin"], ["rung · urge · recipients: town, administrator → —"]),
        ("ladder.rungs.1.issued_by", "person", ["rung · urge · issued by: a person → the system"]),
        ("limits.normal.mend", 11, ["limit · resolution: 11 working days → 10 working days · all kinds"]),
        (
            "kinds.0.routes.0",
            TOWN_ROUTE,
            ["responsible unit · 饮水: the town → water", "confirming unit · 饮水: water → the town"],
        ),
    ],
    ids=str,
)
def test_a_change_taken_back_is_told_the_other_way_round(path: str, value: Any, said: list[str]) -> None:
    assert scheme_changes.rule_lines(changed(path, value), small_scheme()) == said


def test_what_one_kind_alone_has_is_told_of_that_kind() -> None:
    new = changed("kinds.1.limits", {"normal": {"mend": 20}})
    assert scheme_changes.rule_lines(small_scheme(), new)[0].endswith(" · 用电")


def test_a_role_that_nobody_could_fill_is_named() -> None:
    new = changed("ladder.rungs.1.tells", ["town", "king"])
    assert scheme_changes.unknown_role_lines(new) == ["The role “king” is unknown. No user will ever be notified."]
    assert scheme_changes.unknown_role_lines(small_scheme()) == []
