"""What Streamlit's theme cannot say: less chrome around the scope, and the name in the corner."""

STYLE = """<style>
.stMainBlockContainer { padding: 3.4rem 0 2rem; max-width: 1800px; }
.stMainBlockContainer > .stVerticalBlock { gap: 0.75rem; }
.stAppHeader { border-bottom: 1px solid var(--st-border-color); height: 3rem; min-height: 3rem; }
[data-testid="stToolbarActions"], [data-testid="stAppDeployButton"] { display: none; }
.st-key-below { padding: 0 1.6rem; }
.st-key-lesson { padding: 0 1.6rem; }
</style>"""
