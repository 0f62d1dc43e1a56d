"""Instructions (批示): the leading group writes one on a ticket to a unit; its answer, the presses, and what became of it.

Knows `tickets`, and of `accountability` nothing.

Decisions: docs/decisions/accountability.md
"""
