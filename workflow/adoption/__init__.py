"""Adoption (启用): brings schemes and calendars into force, shows their impact beforehand, and migrates open tickets.

Knows `tickets` and what that knows; neither `accountability` nor `register`.

Decisions: docs/decisions/adoption.md
"""
