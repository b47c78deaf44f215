"""The documentation site. `python -m sphinx -W -b html docs build/site` builds it, offline."""

import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # this very tree, and its tools

project = "micrograd"
version = release = import_module("micrograd").__version__
language = "en"
html_title = "micrograd"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
    "tools.site",
]

# Pages: see tools/site, which runs their code cells.
nb_custom_formats = {".md": "tools.site.cells.read"}
nb_execution_mode = "off"
nb_number_source_lines = False
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
nb_ipywidgets_js = {}  # nothing is loaded from elsewhere
nb_render_markdown_format = "myst"
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3

# The reference: public names, in the order of the pages.
autosummary_generate = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
maximum_signature_line_length = 72
add_module_names = True
python_use_unqualified_type_names = True
nitpick_ignore_regex = [("py:.*", r"(?!micrograd).*")]  # Python's own names, and NumPy's

copybutton_prompt_text = ">>> |\\.\\.\\. |\\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_static_path = ["_static", "../micrograd/course/web"]
html_css_files = ["site.css", "questions.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = html_show_copyright = False
pygments_style = "sas"
pygments_dark_style = "github-dark"
