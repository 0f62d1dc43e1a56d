"""Benchmarks: the product and a floor for it, measured in the same run; only the ratio is comparable between machines."""
