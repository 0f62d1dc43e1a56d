"""Views of tickets: one in detail, lists, search, timeline, and as a former holder may read them; changes nothing.

The highest inner room of `tickets`: knows all of them.

Decisions: docs/decisions/tickets.md
"""
