"""Chain proofs: blocks, and whatever names them.

Decisions: docs/decisions/verification.md
"""
