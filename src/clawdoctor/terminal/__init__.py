"""Terminals: what they can show, and output to them."""
