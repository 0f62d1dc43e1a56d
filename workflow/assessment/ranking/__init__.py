"""Ranking (排名): the towns ranked on the 10th, 20th and 30th, where each figure comes from, and written reports.

A published ranking never changes and can be recomputed from the history.  Knows `assessment`, `tickets` and
`register`.

Decisions: docs/decisions/assessment.md
"""
