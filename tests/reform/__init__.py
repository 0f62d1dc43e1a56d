"""Tests of reforms of units and villages."""
