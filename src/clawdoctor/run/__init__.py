"""A run: it loads facts, runs the checks and turns their findings into a report."""
