"""Facts (当时记录): tickets, households, haves, working days and the pace of duties as they were on record at a moment.

Read directly where nothing changed since, else folded back from the history.  Knows `assessment`, `tickets` and
`register`.

Decisions: docs/decisions/assessment.md
"""
