"""Fixtures of the doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.factories import settle_county
from tests.web.pages import Pages


@pytest.fixture
def pages(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Pages]:
    made = Pages(settle_county(engine), database_url, tmp_path / "files")
    yield made
    found = made.app.extensions.get("xiaohao_engine")
    if found is not None:
        found.dispose()
