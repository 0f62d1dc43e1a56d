"""Register (台账): households, their checkups, haves and income, the exit gate, and personal data shown in full.

Inner rooms: `cells`, `importing` and `spreadsheets`, which this room does not need.  Knows `tickets` and what that knows;
neither `accountability` nor `adoption`.

Decisions: docs/decisions/register.md
"""

import workflow.register.names.member_names  # noqa: F401 -- every commit of whoever changes members keeps their index
