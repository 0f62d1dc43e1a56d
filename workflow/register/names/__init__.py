"""Names (姓名): pinyin of names, and the index by which a household is found by the name of a member.

Knows the ground and the tables alone.

Decisions: docs/decisions/register.md
"""
