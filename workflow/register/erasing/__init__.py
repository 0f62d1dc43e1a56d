"""Erasing (删除个人信息): the personal data of households that are gone from the register, after the term of their files.

Decisions: docs/decisions/register.md
"""
