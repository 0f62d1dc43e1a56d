"""Tools of set-up, checks and maintenance; the product never imports them."""
