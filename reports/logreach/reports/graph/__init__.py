"""The graph of an assessment, for other programs."""
