"""The system's marks for a person to correct, and the corrections as gold.

    python -m pipeline.annotate export OUTPUT FOLDER [--format label-studio|gold]
    python -m pipeline.annotate import FILE FOLDER --pages OUTPUT

    gold.py         the tables of a run as gold pages; what a gold page must be
    labelstudio.py  gold pages as Label Studio tasks and back

docs/gold.md tells how a page becomes gold; docs/guidelines.md what is marked.
"""

from __future__ import annotations

from pipeline.annotate.gold import AnnotateError, check_gold, gold_pages
from pipeline.annotate.labelstudio import labels_xml, to_gold, to_tasks

__all__ = ["AnnotateError", "check_gold", "gold_pages", "labels_xml", "to_gold", "to_tasks"]
