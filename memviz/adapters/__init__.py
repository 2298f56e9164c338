"""Traces and models that memviz did not train. None yet."""
