"""Posts (岗位任免): entered, ended and cancelled by days, and shown.

Decisions: docs/decisions/county.md
"""
