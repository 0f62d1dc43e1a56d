"""Who is told, and how: reads the history, writes messages; knows no Flask and nothing of the workflow but its policy."""
