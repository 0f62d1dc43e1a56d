"""Counted rows (可据以统计的台账): villages with what the office enters of them, their surveyed incomes, and the quota's houses.

Each has one door, an event for every change, and a proof.  Figures are counted from them, not typed.

Decisions: docs/decisions/assessment.md
"""
