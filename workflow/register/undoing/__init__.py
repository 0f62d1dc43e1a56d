"""Undoing of imports: what an import changed, what was built on it since, and putting the rest back.

Decisions: docs/decisions/register.md
"""
