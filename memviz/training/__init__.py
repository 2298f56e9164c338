"""From random weights to a solved task: loop, optimizers, exams, checkpoints; `runs` keeps trainings for a server."""
