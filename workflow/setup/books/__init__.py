"""Applied county workbooks: what each changed, row by row, what was built on it since, and putting the rest back.

Decisions: docs/decisions/setup.md
"""
