"""Find the failure modes that an error text, a log or an answer shows."""
