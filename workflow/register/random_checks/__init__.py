"""Random checks (入户抽查): households about to leave the register and those just exited, drawn by a seed and checked on the
spot by a unit without a part in it; what a failed check causes.

Source: notice item 1, first sentence.  Knows `register` and what that knows.

Decisions: docs/decisions/register.md
"""
