"""Simulation (模拟县): a seeded county that lives on a simulated clock, through the same functions as people.

Decisions: docs/decisions/tests.md
"""
