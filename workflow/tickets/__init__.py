"""Tickets (工单): files and changes tickets through the desk, decides who may see them, and keeps attachments and
matters (事项).

Inner rooms, each knowing those before it: `custody`, `actions`, `consequences`, this room, `views`.  Knows `policy`,
`history`, `county` and `evidence`.

Decisions: docs/decisions/tickets.md
"""
