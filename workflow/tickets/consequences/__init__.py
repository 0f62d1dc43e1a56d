"""Consequences of an action beside the ticket: its time request, papers, spot checks, matter and the next duty.

Called by `tickets.desk` and the rooms above.  Knows `tickets.custody` and `tickets.actions`.

Decisions: docs/decisions/tickets.md
"""
