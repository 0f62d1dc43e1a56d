"""Candidates (疑似漏评户): families that are not on the register, from their report to a household or to the erasure of what
is known of them (notice item 17, 不漏评).

Decisions: docs/decisions/register.md
"""
