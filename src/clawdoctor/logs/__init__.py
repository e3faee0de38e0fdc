"""From the lines of a log, of any size, to the failures that it shows."""
