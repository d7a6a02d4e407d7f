"""From Docs to Parquet: rows, parts, and the merge over the whole run."""
