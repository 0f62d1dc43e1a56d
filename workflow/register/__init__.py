"""The register: the households, and the villages they live in."""
