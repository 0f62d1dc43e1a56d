"""Tests of duties, figures and rankings."""
