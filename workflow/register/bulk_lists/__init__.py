"""Bulk lists (部门比对名单): lists of a bureau's data matching, matched to the register; each line becomes a check of a known
household, a candidate, or a question, and says what came of it.

Decisions: docs/decisions/register.md
"""
