"""What programs say: from a text, a log or an answer to the failure modes behind it."""
