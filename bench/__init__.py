"""How fast it is: the product beside its floor, in the same run, since only the ratio means anything elsewhere."""
