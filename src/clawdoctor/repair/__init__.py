"""Repair files: plan the fixes, show them as a diff, write them safely, and undo them."""
