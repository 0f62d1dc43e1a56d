"""Oversight (监督): spot checks drawn by lot, false closings, signals of abuse, and the time accounts of units.

Knows `tickets` and what that knows, and nothing else of `accountability`.

Decisions: docs/decisions/accountability.md
"""
