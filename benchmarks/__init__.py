"""What clawdoctor costs, measured beside other programs: `scripts/bench`."""
