"""The documentation site: the Sphinx extension that docs/conf.py loads.

Read `cells` first (a page is Markdown whose code cells are run), then `content` (what some of these
cells show: the commands, the ops, the lessons), `sources` (pages that come from elsewhere: lessons,
docstrings, files at the root), `html` (what the theme lacks for keyboards and screen readers) and
`python` (what a page needs to run its cells).
"""

from typing import Any

from tools.site import exercises, html, python, sources


def setup(app: Any) -> dict[str, bool]:
    """Connect each part to the event of the build that it belongs to."""
    # every page names the folder, so all are written anew when it changes
    app.add_config_value("python_folder", python.folder_name(), "html")
    app.connect("builder-inited", sources.write_lessons)
    app.connect("builder-inited", exercises.write_exercises)
    app.connect("source-read", sources.fill)
    app.connect("autodoc-process-docstring", sources.translate_docstring)
    app.connect("html-page-context", html.make_accessible)
    app.connect("html-page-context", python.add_scripts)
    app.connect("build-finished", html.name_landmarks)
    app.connect("build-finished", python.write_python)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
