"""Mutation runs: small changes made to the code, one at a time, to see which of them a test notices.

`make mutants` starts it. A mutant never touches the checkout: it is written into a copy of the tree, and the tests that
reach the changed line run there, the nearest first.
"""
