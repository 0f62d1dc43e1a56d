"""Policy (政策): routes, working time, deadlines, periods, samples and scores, computed from a scheme.

Pure: no session, no tables, no clock.  Knows `policy.scheme` and nothing else.

Decisions: docs/decisions/policy.md
"""
