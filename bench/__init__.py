"""Measuring: how fast, beside what it costs at least; nothing here is a test."""
