"""Chains to look at: the demo's, and the tests'."""
