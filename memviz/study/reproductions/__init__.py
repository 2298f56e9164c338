"""One file per published claim, each with a constant REPRODUCTION; see memviz/study/reproduction.py."""
