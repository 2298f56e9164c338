"""Two renderers of the same Panels: the live canvas scope and plotly figures."""
