"""Replies to papers (答复和约谈): what an answer carries besides its text, what a talk is appointed for, and its record.

Knows `tickets` and what that knows, and nothing else of `accountability`.

Decisions: docs/decisions/accountability.md
"""
