"""Poor villages: which villages item 4 of the notice binds besides the listed ones.  Pure."""

from collections.abc import Iterable


def hard_villages(villages: Iterable[tuple[str, bool, int | None]]) -> frozenset[str] | None:
    """The codes of the unlisted villages in the county's top third by poor people (脱贫任务重的非贫困村).

    Of each village: code, whether it is listed, and its registered poor people.  None while the county has entered no
    number.
    """
    rows = list(villages)
    counted = sorted(
        ((people, code, listed) for code, listed, people in rows if people), key=lambda row: (-row[0], row[1])
    )
    top = counted[: (len(rows) + 2) // 3]
    return frozenset(code for _, code, listed in top if not listed) if counted else None
