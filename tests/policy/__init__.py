"""Policy: scheme, routes, working time."""
