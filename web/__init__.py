"""Web (网页与接口): pages, forms, the JSON API, sign-in and the command line.  The only room that knows Flask.

Decisions: docs/decisions/web.md
"""
