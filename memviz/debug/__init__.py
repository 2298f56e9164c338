"""Functions over traces that answer why: blame, lifetime, what-if. None yet."""
