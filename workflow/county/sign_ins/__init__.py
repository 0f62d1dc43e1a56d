"""Sign-ins (登录): one-time codes for setting a password, and resets with the agreement of the inspectorate.

Decisions: docs/decisions/web.md
"""
