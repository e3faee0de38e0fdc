"""What the running parts answer. Each probe is a loader: it asks once and keeps what was said."""
