"""The ladder: bringing every overdue ticket to its rung, exactly once, and checking that it was done."""
