"""Random walks of a whole county: its acts by subject, and the laws that hold after each of them."""
