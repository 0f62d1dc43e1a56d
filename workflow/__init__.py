"""What may happen: the rules.  Knows no Flask, sends no mail, reads no environment."""
