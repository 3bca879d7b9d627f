"""The documentation site, which `make docs` builds: Sphinx, MyST and Furo."""

project = "Digits"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Digits"
html_show_sphinx = False
html_copy_source = False
myst_heading_anchors = 4
exclude_patterns = ["plots"]
# Prompts are set apart, so that a command can be copied without its $.
highlight_language = "text"
