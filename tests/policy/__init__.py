"""Tests of schemes, routes and working time."""
