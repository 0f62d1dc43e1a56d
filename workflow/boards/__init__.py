"""Boards (看板): what a reader's own county, unit or village comes to, at a glance; changes nothing but the days' counts.

No figure here is counted over what has ended: open tickets are few, days are counted once (`day_counts`), scores stand in
the latest ranking, duties are as many as the calendar has, households as many as the register.  Knows `tickets`,
`assessment.ranking` and `accountability.oversight`.
"""
