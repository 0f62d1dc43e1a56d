"""Tests of the tables and the engine."""
