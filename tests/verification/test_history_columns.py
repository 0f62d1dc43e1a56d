"""Tampering with the history, accounts, posts and counters: each column, altered alone, gives exactly these findings.

Altering two columns at once would hide that one of two proofs is missing. A column without a proof has an empty line.
"""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.lived_county import lived_county
from tests.support.tampering import Expected, columns, every_column

pytestmark = pytest.mark.one_database("sqlite")
#: Every custody of the unit whose leader the post is.
LED = "; ".join(
    f"custody_differs ticket {ticket} custody {seq} leader"
    for ticket, seqs in ((1, (2, 4, 5, 7)), (2, (1, 2)))
    for seq in seqs
)
EXPECTED: Expected = {
    "event": (
        "subject_type = 'ticket' AND subject_id = 1 AND seq = 3",
        {
            "subject_type": (
                "chain_broken forged 1 #3; chain_broken ticket 1 #4; custodies_differ ticket 1; "
                "custody_differs ticket 1 custody 2; event_altered forged 1 #3; "
                "row_differs ticket 1 declines; tenure_differs ticket 1 tenure 3 accept_used_minutes; "
                "tenure_differs ticket 1 tenure 3 used_minutes; tenures_differ ticket 1"
            ),
            "subject_id": (
                "chain_broken ticket 1 #4; chain_broken ticket 1001 #3; custodies_differ ticket 1; "
                "custody_differs ticket 1 custody 2; event_altered ticket 1001 #3; "
                "row_differs ticket 1 declines; row_missing ticket 1001; "
                "tenure_differs ticket 1 tenure 3 accept_used_minutes; "
                "tenure_differs ticket 1 tenure 3 used_minutes; tenures_differ ticket 1"
            ),
            "seq": (
                "chain_broken ticket 1 #1003; chain_broken ticket 1 #4; "
                "custody_differs ticket 1 custody 3; event_altered ticket 1 #1003; "
                "row_differs ticket 1 due_at; row_differs ticket 1 holder_unit_id; "
                "row_differs ticket 1 state; row_differs ticket 1 version; "
                "tenure_differs ticket 1 tenure 4 used_minutes"
            ),
            "at": "event_altered ticket 1 #3",
            "effective_at": "custody_differs ticket 1 custody 2; event_altered ticket 1 #3",
            "actor_id": "event_altered ticket 1 #3",
            "actor_role": "event_altered ticket 1 #3",
            "actor_unit_id": "event_altered ticket 1 #3",
            "session_id": "event_altered ticket 1 #3",
            "address": "event_altered ticket 1 #3",
            "action": "event_altered ticket 1 #3",
            "from_state": "event_altered ticket 1 #3",
            "to_state": "event_altered ticket 1 #3",
            "given": "event_altered ticket 1 #3",
            "effect": (
                "custodies_differ ticket 1; custody_differs ticket 1 custody 2; event_altered ticket 1 #3; "
                "row_differs ticket 1 declines; tenure_differs ticket 1 tenure 3 accept_used_minutes; "
                "tenure_differs ticket 1 tenure 3 used_minutes; tenures_differ ticket 1"
            ),
            "commitment": "event_altered ticket 1 #3; words_altered ticket 1 #3",
            "prev_hash": "chain_broken ticket 1 #3; event_altered ticket 1 #3",
            "hash": "block_altered block 1; chain_broken ticket 1 #4; event_altered ticket 1 #3",
            "block_id": "block_altered block 1",
        },
    ),
    "event_secret": (
        "event_id=(SELECT id FROM event WHERE subject_type = 'ticket' AND subject_id = 1 AND action='uphold')",
        {
            "salt": "words_altered ticket 1 #4",
            "body": "words_altered ticket 1 #4",
        },
    ),
    "block": (
        "number=2",
        {
            "number": "block_altered block 1002; block_chain_broken block 1002",
            "sealed_at": "block_altered block 2; day_miscounted day 2018-11-20",
            "events": "block_altered block 2",
            "prev_hash": "block_altered block 2; block_chain_broken block 2",
            "hash": "block_altered block 2",
            "total": "block_altered block 2",
            "rows": "block_altered block 2",
        },
    ),
    "user_account": (
        "name='li'",
        {
            "name": "name_key_differs user_account 14; row_differs user_account 14",
            "name_key": "name_key_differs user_account 14",
            "display_name": "row_differs user_account 14",
            "role": "account_differs user 14",
            "unit_id": "account_differs user 14",
            "village_id": "account_differs user 14",
            "password_hash": "row_differs user_account 14",
            "password_set_at": "row_differs user_account 14",
            "password_given_at": "row_differs user_account 14",
            "language": "row_differs user_account 14",
            "active": "account_differs user 14 active",
            "created_at": "row_differs user_account 14",
        },
    ),
    "post": (
        "user_id=14",
        {
            **dict.fromkeys(("unit_id", "user_id", "kind", "until_at", "cancelled_at"), f"{LED}; posts_differ post 3"),
            **dict.fromkeys(("from_at", "stands_for_id", "document", "recorded_at", "ended_at"), "posts_differ post 3"),
        },
    ),
    "day_count": (
        "day = '2018-11-21'",
        {
            "day": "day_count_differs day 2017-11-05; row_missing day count 2018-11-21",
            "at": "row_differs day_count 2",
            "content": "day_count_differs day 2018-11-21; day_miscounted day 2018-11-21",
            "hash": "day_count_differs day 2018-11-21",
        },
    ),
    "scheme_version": (
        "id=1",
        {
            "code": "row_differs scheme_version 1",
            "version": "row_differs scheme_version 1",
            "year": "scheme_altered version 1",
            "content_hash": "scheme_altered version 1",
            "content": "scheme_altered version 1",
            "loaded_at": "row_differs scheme_version 1",
        },
    ),
    "counter": (
        "series='2018:华扶办'",
        {
            "series": "paper_gap series 2018:华扶办; paper_gap series forged",
            "last": "paper_gap series 2018:华扶办",
        },
    ),
}
OTHERS = {"day_count": {"content": """'{"0": [9, 9, 9]}'"""}}


def test_whatever_column_of_the_history_or_an_account_is_altered_is_found(engine: Engine, tmp_path: Path) -> None:
    county = lived_county(engine, tmp_path)
    assert every_column(county.engine, tmp_path, EXPECTED, OTHERS) == columns(EXPECTED)
