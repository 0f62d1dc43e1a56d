"""Proofs (校验项): each reads rows and the history and reports where they differ; `findings.py` is their common shape.

Decisions: docs/decisions/verification.md
"""
