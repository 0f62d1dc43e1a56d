"""Evidence stores for tests: a folder, and a bucket behind HTTP."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support import s3
from workflow.evidence import Access, Store, store_at


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    """The port of one S3 server for the whole run."""
    with s3.serve() as port:
        yield port


@pytest.fixture
def bucket(s3_port: int) -> Store:
    """An empty prefix of a bucket."""
    return store_at(
        f"s3://evidence/{uuid4().hex}/", Access(f"http://127.0.0.1:{s3_port}", "us-east-1", "key", "secret")
    )


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each store in turn."""
    made: Store = request.getfixturevalue("bucket") if request.param == "bucket" else store_at(tmp_path / "files")
    return made
