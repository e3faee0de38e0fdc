"""Simulated chains for the demo and the tests."""
