"""The stages: one spaCy factory a file, each reading and writing span groups of a Doc."""
