"""Tickets (工单): filing, every change of a ticket through the desk, who may see it, its attachments, and matters
(事项).

Inner rooms, each knowing those before it: `custody`, `actions`, `consequences`, this room, `views`.  Knows `policy`,
`history`, `county` and `evidence`.
"""
