"""Tests; folders mirror the rooms of the code."""

import gc

# Objects that live as long as the process (modules, tests, templates) are taken out of garbage collection.
gc.set_threshold(10_000, 20, 50)
