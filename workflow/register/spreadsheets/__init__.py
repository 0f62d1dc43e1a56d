"""Spreadsheets (表格): XLSX, XLS and CSV opened by content, within bounds, as rows of text; nothing in them is run.

Knows the ground alone.

Decisions: docs/decisions/register.md
"""
