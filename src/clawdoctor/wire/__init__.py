"""The requests of each hop in the chain, predicted from files, environment and versions."""
