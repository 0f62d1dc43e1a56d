"""Tests of the life of a ticket."""
