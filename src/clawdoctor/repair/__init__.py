"""Mend the files: plan the fixes, show them as a diff, write them safely, and take them back."""
