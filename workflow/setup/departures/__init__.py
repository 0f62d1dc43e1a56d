"""Departures (离任、调动): a person leaves or moves, and what the person holds is handed on in the same act.

Decisions: docs/decisions/county.md
"""
