"""What set-up and the checks need; never imported by the product."""
