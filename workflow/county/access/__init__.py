"""Access (准入): who gets in, how often a secret may be guessed, and what was refused.

Decisions: docs/decisions/web.md
"""
