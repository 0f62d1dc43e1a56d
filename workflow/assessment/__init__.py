"""Assessment (考核): the duties of the year, opened, entered and laid out in a calendar, and reported figures.

Inner rooms: `facts` and `ranking`, which know this one.  Knows `tickets`, `evidence`, `register` and what these know.

Decisions: docs/decisions/assessment.md
"""
