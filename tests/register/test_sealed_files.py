"""Kept import files: known by the SHA-256 of all their bytes."""

import hashlib
import io

import pytest

from workflow.register.importing.sealed_files import sha256_of


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_file_is_known_by_all_its_bytes_wherever_it_was_read_to_and_is_read_again_from_its_beginning(
    size: int,
) -> None:
    content = bytes(number % 251 for number in range(size))
    stream = io.BytesIO(content)
    stream.seek(size // 2)
    assert sha256_of(stream) == hashlib.sha256(content).hexdigest()
    assert stream.read() == content
