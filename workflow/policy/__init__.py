"""What the county has ruled: scheme, routing, working time, deadlines.  Pure: no session, no tables."""
