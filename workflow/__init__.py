"""Workflow (业务规则): the rules of tickets, households, papers, duties and rankings, and the record of every change.

Twelve rooms, each importing only those before it: `policy`, `history`, `county`, `pictures`, `evidence`, `tickets`; then
`accountability`, `adoption` and `register`, which do not know each other; `assessment`, `boards`; `verification` on
top, which nothing imports.  The files beside them (errors, constraints, actors, inputs, paging, redaction, citizen IDs,
batches, state tables) are the ground: every room may use them.  Knows no Flask, sends no mail, reads no environment.
`tests/test_layers.py` holds the full list of allowed imports.

Decisions: docs/decisions/house.md
"""
