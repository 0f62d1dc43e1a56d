"""Sign-ins (登录): one-time codes for setting a password, resets that the inspectorate agrees to, sessions, second factors.

Decisions: docs/decisions/web.md
"""
