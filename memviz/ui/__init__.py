"""The app: a server with our own routes, and thin Streamlit pages around the scope."""
