"""The meaning of the files: both configs, Compose, the environment, and the routes between them."""
