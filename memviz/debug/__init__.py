"""Functions that answer why and how far: how errors grow with length. Blame, lifetime and what-if are not here yet."""
