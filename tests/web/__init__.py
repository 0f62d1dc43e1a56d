"""Pages, API and command line."""
