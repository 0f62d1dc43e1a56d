"""County (县): its units, people, leaders, the scheme and calendar in force, counters, vault and group bots.

Knows the ground, `policy` and `history`.

Decisions: docs/decisions/county.md
"""
