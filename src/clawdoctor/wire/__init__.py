"""The requests that the hops of the chain send, predicted from files, environment and versions."""
