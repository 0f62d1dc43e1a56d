"""Signing on from other systems: OpenID Connect, and the work apps WeCom and DingTalk.

Decisions: docs/decisions/web.md
"""
