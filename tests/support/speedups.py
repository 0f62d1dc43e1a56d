"""Passwords are hashed with the least that the algorithm takes.

Nothing of ours is replaced: the hash is the same function with smaller figures (`tests/web/test_passwords.py` asks for
those of the product).
"""

from argon2 import PasswordHasher

from web import auth

#: The figures of the product, from before they were made small.
PRODUCT = auth.HASHER
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def speed_up() -> None:
    """Called once, before any module has taken the hasher's name."""
    auth.HASHER = CHEAP
    auth._NOBODY = CHEAP.hash("nobody")
