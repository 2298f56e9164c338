"""The canvas scope: its wire frames, its script, and the offline page. Knows no Streamlit."""
