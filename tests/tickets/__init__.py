"""Tests of tickets and their lifecycle."""
