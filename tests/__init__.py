"""Tests mirror the rooms; factories, not fixture files."""
