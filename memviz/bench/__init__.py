"""`memviz bench`: how fast this machine's core is, beside its torch twin and beside the machine's own limit."""
