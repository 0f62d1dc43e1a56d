"""Scheme (方案): the county's rules as data: model, reader of the YAML file, and validation.

Pure: no session, no tables.  Knows nothing outside this room.

Decisions: docs/decisions/policy.md
"""
