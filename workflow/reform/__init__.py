"""Reforms (机构与区划变动): units and villages are renamed or merged by one act of the office, and what is open follows.

Decisions: docs/decisions/reform.md
"""
