"""Accountability cases (问责案件): their lifecycle, the one desk that changes them, lapses, dossiers and views.

Knows `tickets` and what that knows, and nothing else of `accountability`.

Decisions: docs/decisions/accountability.md
"""
