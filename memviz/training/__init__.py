"""From random weights to a solved task: the loop, the optimizers, background runs and what is kept of them."""
