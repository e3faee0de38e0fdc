"""One run: what is known, what the checks find in it, and what that means."""
