"""Cells (单元格): what the headings, the rows and the cells of a register's sheet say, as typed values or coded faults.

Knows the ground, `policy.scheme` and `register.spreadsheets`.

Decisions: docs/decisions/register.md
"""
