"""Importing (导入): a spreadsheet of the national register read, compared, previewed and applied.

What is applied is what was previewed.  Knows the ground, `policy`, `history`, `county` and `register.spreadsheets`.

Decisions: docs/decisions/register.md
"""
