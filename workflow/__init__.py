"""Workflow (业务规则): what may happen to tickets, households, papers, duties and rankings, and what is recorded of it.

Eleven rooms, each knowing only those before it: `policy`, `history`, `county`, `evidence`, `tickets`; then
`accountability`, `adoption` and `register`, which do not know each other; `assessment`, `boards`; `verification` on top,
which nothing imports.  The files beside them (errors, constraints, actors, inputs, paging, redaction, citizen IDs, batches,
state tables) are the ground: every room may use them.  Knows no Flask, sends no mail, reads no environment.
`tests/test_layers.py` holds the full list of allowed imports.
"""
