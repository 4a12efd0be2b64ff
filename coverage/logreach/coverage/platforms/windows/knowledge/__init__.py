"""Facts on Windows events, each with its source, and their loader."""
