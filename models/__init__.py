"""The networks, a folder each; imported as memviz.models.<name>, found by the catalog."""
