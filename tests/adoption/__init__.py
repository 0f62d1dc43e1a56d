"""Tests of schemes and calendars taken into force."""
