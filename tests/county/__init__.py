"""Tests of the county's people."""
