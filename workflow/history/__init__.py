"""History (历史): the hash-chained events of every subject, their sealing into blocks, and the audit trail.

Every change of a row is an event written in the same transaction.  Knows the ground and `policy`.

Decisions: docs/decisions/history.md
"""

import workflow.history.row_record  # noqa: F401 -- every commit of whoever writes events records its rows
