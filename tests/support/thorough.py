"""How much a run tries: `make test` draws fewer examples, kills and pages of a kind than `pytest --thorough`, which leaves out
nothing (docs/decisions/tests.md)."""

import os

_ASKED = "XIAOHAO_THOROUGH"


def be_thorough() -> None:
    """Of this process and those it starts; asked for before any test is collected."""
    os.environ[_ASKED] = "1"


def is_thorough() -> bool:
    return bool(os.environ.get(_ASKED))


def tries(usual: int, thorough: int) -> int:
    """How often something is tried: examples, kills, pages of a kind."""
    return thorough if is_thorough() else usual
