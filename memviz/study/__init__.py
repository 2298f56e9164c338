"""Many trainings as one: a study is a list of cells (what to train, how long), and a row for every cell that is done.

A cell is JSON and decides its row, so that rows can be computed anywhere, kept by the cell's key, and computed once. A
sweep is a study over the values of knobs; a reproduction is a study with a published figure beside it.
"""
