"""Verification (校验): proves that rows, files and counts are what the history says, and reports what differs.

The highest room: knows all of them, and nothing imports it.

`registry.py` names the `proofs`, and for every table which of them cover it.

Decisions: docs/decisions/verification.md
"""
