"""Evidence: what may come in, what is kept of it, where it lies, who sees it, and what was seen before."""
