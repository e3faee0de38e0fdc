"""One file per failure mode, by stage."""
