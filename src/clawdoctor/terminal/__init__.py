"""What a terminal can show."""
