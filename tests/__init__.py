"""Tests; folders mirror the rooms of the code."""

import gc

# What lives as long as the process (modules, tests, templates) is not looked through again and again for garbage.
gc.set_threshold(10_000, 20, 50)
