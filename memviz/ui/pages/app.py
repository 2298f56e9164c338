"""The one script that Streamlit runs. It lies here because a folder "pages" beside it would become navigation."""

from memviz.ui.main import navigate

navigate()
