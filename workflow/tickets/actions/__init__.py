"""Actions (操作): the table of the ticket's lifecycle, the checked input of an action, and its effect on the rows.

Called by `tickets.desk` alone.  Knows `tickets.custody` and what that knows.

Decisions: docs/decisions/tickets.md
"""
