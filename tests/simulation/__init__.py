"""A county that lives."""
