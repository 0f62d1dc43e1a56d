"""The living county."""
