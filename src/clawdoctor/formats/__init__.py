"""One pure function per output format, from a report to text."""
