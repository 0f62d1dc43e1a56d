"""Adoption (启用): schemes and calendars taken into force, their impact beforehand, and open tickets moved over.

Knows `tickets` and what that knows; neither `accountability` nor `register`.
"""
