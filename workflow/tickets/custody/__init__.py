"""Custody (承办时段): which unit holds a ticket from when to when, its deadline and timers, and the fold of its events.

The lowest inner room of `tickets`: knows the ground, `policy`, `history` and `county`.

Decisions: docs/decisions/tickets.md
"""
