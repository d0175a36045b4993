"""Bringing in a real past: tables of lessons, folders of Markdown, and the wiki's own exports.

`run_import(parts, path, options)` is the whole interface. Rows are read lazily, mapped by pure functions, checked, and
handed to the library in batches, so that an import can be stopped and run again without doubling anything.
"""

from wiki.importing.rows import ImportProblem, Refused, Report
from wiki.importing.runner import ImportOptions, run_import

__all__ = ["ImportOptions", "ImportProblem", "Refused", "Report", "run_import"]
