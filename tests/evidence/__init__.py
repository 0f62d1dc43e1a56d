"""Tests of evidence: accepted types, stored bytes, visibility, reuse."""
