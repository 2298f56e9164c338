"""The app from a checkout: `streamlit run app.py`. `memviz app` serves the same parts from a wheel."""

import streamlit as st

from memviz.ui.server import PAGE, ROUTES, failed, lifespan

app = st.App(PAGE, routes=ROUTES, lifespan=lifespan, on_script_error=failed)
