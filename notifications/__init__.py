"""Notifications (消息): turns events into messages and deliveries; knows no Flask and of the workflow only its policy.

Decisions: docs/decisions/notifications.md
"""
