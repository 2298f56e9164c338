"""One module per contender; each runs in a process of its own (see `memviz.bench.rounds.serve`)."""
