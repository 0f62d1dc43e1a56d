"""Acts on many tickets: one act on each of a list, with the outcome of each, and what the rows of a list offer.

Decisions: docs/decisions/tickets.md
"""
