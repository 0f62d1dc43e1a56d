"""Checking (数据抽查核实): figures of rankings that rest on a unit's own word, drawn from the snapshot and checked by another unit.

A figure found untrue becomes a ticket.  Knows `assessment`, its `ranking` and `tickets`.

Decisions: docs/decisions/assessment.md
"""
