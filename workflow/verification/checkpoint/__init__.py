"""Checkpoints: what a whole clean run of `verify` proved, so that a later run need not read all of the history again.

Decisions: docs/decisions/verification.md
"""
