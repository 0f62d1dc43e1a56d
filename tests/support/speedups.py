"""Cheap password hashing for tests.

Our code is not replaced: the hash function is the same with smaller parameters (`tests/web/test_passwords.py` checks
those of the product).
"""

from argon2 import PasswordHasher

from web import auth

#: The figures of the product, from before they were made small.
PRODUCT = auth.HASHER
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def speed_up() -> None:
    """Called once, before any module has imported the hasher."""
    auth.HASHER = CHEAP
