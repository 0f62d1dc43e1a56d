"""A county that lives: seeded, on a simulated clock, through the same doors as people."""
