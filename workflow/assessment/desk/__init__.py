"""Desk of a ranking day: where the day stands, a trial run, and reminders of units.

Decisions: docs/decisions/assessment.md
"""
