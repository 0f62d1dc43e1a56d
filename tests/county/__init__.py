"""Tests of the county's people and posts."""
