"""What the files mean: the two configs, compose, the environment, and the routes that join them."""
