"""One file per published claim, each with a constant REPRODUCTION; see memviz/contracts/reproduction.py."""
