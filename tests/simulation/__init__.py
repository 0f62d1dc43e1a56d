"""Tests of the simulated county."""
