"""Boards (看板): figures of the county, a unit or a village at a glance; writes nothing except the daily counts.

No figure is counted over ended tickets: open tickets are few, days are counted once (`day_counts`), scores come from
the latest ranking, duties from the calendar, households from the register.  Knows `tickets`, `assessment.ranking` and
`accountability.oversight`.

Decisions: docs/decisions/boards.md
"""
