"""Database failures: which of them pass by themselves, which mean that the database is away, and which leave open what became of
the transaction.
"""

import errno

from psycopg import Error as PostgresError
from sqlalchemy.exc import DBAPIError, OperationalError

#: Errors of the system that lie with a disk: it is full, or away.
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FAULTS = (*DISK_FULL, errno.EROFS, errno.EIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN)
_RETRIED = {"40001", "40P01"}
#: States of a server that is away, starting, stopping or full of connections: connection exceptions, operator intervention,
#: insufficient resources; and how SQLite says that its file is away.
_AWAY = ("08", "57P", "53")
_NO_FILE = ("unable to open database file",)
#: Waited too long: for a lock, for a statement, or idle within a transaction.
_WAITED = {"55P03", "57014", "25P03"}
_READ_ONLY, _FULL = ("25006", "readonly database"), ("53100", "disk is full")
#: The names by which the databases refuse what would be open with a unit or village that has ended (`models.schema`).
UNIT_HAS_ENDED, VILLAGE_HAS_ENDED = "unit_has_ended", "village_has_ended"


class OutcomeUnknown(Exception):
    """The line to the database broke while the transaction was being committed: whether it was is not known here."""


def passing(error: DBAPIError) -> bool:
    """Whether a database error is temporary, so that the same work may be repeated.

    So is the refusal of what would be open with a unit or village that ended while the work waited for it: repeated, the
    work reads the successor, or is refused in words.
    """
    if getattr(getattr(error.orig, "diag", None), "constraint_name", None) in (UNIT_HAS_ENDED, VILLAGE_HAS_ENDED):
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return state in _RETRIED
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def is_away(error: DBAPIError) -> bool:
    """Whether the database could not be reached, or the line to it broke: what was under way is undone there."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return bool(state.startswith(_AWAY))
    if isinstance(error.orig, PostgresError):
        return isinstance(error, OperationalError)
    return isinstance(error, OperationalError) and any(sign in str(error.orig) for sign in _NO_FILE)


def lacks_schema(error: DBAPIError) -> bool:
    """Whether a table was missing, as before `init`."""
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)


def first_line(error: DBAPIError) -> str:
    """The database's own words, in one line."""
    return (str(error.orig).splitlines() or [type(error.orig).__name__])[0]


def trouble(error: DBAPIError) -> str | None:
    """The code of a failure that lies with the database and not with the request: `busy`, `read_only`, `full` or `away`; None for
    an error of this program.  In each case the transaction is undone."""
    state, words = getattr(error.orig, "sqlstate", None), str(error.orig)
    if passing(error) or state in _WAITED:
        return "busy"
    for code, (of_server, of_file) in (("read_only", _READ_ONLY), ("full", _FULL)):
        if state == of_server or (state is None and of_file in words):
            return code
    return "away" if is_away(error) else None


def in_doubt(error: BaseException, lost: bool) -> bool:
    """Whether an error at COMMIT leaves its outcome open: the line broke (`lost`), or the disk failed under SQLite."""
    return lost or "disk I/O error" in str(error)
