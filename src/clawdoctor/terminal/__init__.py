"""What a terminal can show, and output to it."""
