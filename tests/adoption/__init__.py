"""Tests of adopted schemes and calendar changes."""
