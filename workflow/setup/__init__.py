"""Setting up a county (建县): one workbook with its units, villages, accounts, posts and cadres of households, and the
one-time codes with which people first sign in.

Knows the rooms up to register and adoption; the entry points alone import it.

Decisions: docs/decisions/setup.md
"""
