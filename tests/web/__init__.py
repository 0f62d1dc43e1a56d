"""Tests of pages, API and command line."""
