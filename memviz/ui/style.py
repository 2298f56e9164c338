"""What Streamlit's theme cannot say: the name in the corner, buttons of ink as in the scope, less chrome around it."""

STYLE = """<style>
.stMainBlockContainer { padding: 3.2rem 0 2rem; max-width: 1800px; }
.stMainBlockContainer > .stVerticalBlock { gap: 0.75rem; }
.stApp { --ink: light-dark(#1b2430, #e6e9ec); --paper: light-dark(#fcfcfa, #14171c); }
.stAppHeader { border-bottom: 1px solid light-dark(#dfe1e0, #2d353e); }
[data-testid="stTopNav"]::before { content: "memviz"; font-weight: 650; font-size: 1.1rem; letter-spacing: -0.01em;
  padding: 0 0.9rem 0 0.6rem; align-self: center; }
[data-testid="stSidebarHeader"] { height: 2.4rem; padding-bottom: 0; margin-bottom: 0; }
.st-key-fold { align-items: flex-end; translate: 0 0.4rem; }
.st-key-below, .st-key-lesson, .st-key-evidence, .st-key-compare, [class*="st-key-cards"] { padding: 0 1.6rem; }
.stMainBlockContainer [class*="st-key-cards"] { padding-top: 1rem; }
.st-key-below [class*="st-key-cards"], .st-key-lesson [class*="st-key-cards"] { padding: 0; }
.st-key-evidence [class*="st-key-cards"] { padding: 0; }
.st-key-lesson, .st-key-evidence, .st-key-compare { padding-top: 0.8rem; }
.st-key-evidence { max-width: 68rem; margin: 0 auto; }
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"] {
  background: var(--ink) !important; border-color: var(--ink) !important;
  color: var(--paper) !important;
}
[data-testid="stBaseButton-primary"]:hover, [data-testid="stBaseButton-primaryFormSubmit"]:hover { opacity: 0.88; }
@media (min-width: 800px) {
  [class*="st-key-words"] { position: sticky; top: 3.4rem; max-height: calc(100vh - 4rem); overflow-y: auto; }
}
</style>"""
