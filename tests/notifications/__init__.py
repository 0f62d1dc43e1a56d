"""Who is told, and that it is once."""
