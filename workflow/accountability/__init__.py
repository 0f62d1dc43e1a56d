"""Accountability (督办问责): the ladder of rungs, the papers it issues, their receipts, proposals, and the sweep.

A rung is reached exactly once.  Inner rooms: `cases`, which this room knows, and `oversight`.  Knows `tickets` and what
that knows; neither `adoption` nor `register`.

Decisions: docs/decisions/accountability.md
"""
