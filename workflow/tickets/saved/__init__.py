"""Saved views: addresses of the ticket list under a name, and messages when tickets enter one.

Decisions: docs/decisions/tickets.md
"""
