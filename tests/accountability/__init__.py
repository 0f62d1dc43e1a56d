"""Tests of the ladder, its papers, accountability cases and oversight."""
