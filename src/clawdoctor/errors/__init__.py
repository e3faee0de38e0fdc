"""What programs say: find the failure modes that a text, a log or an answer shows."""
