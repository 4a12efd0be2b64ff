"""Facts about Windows events, kept as data files beside this package, each with its source."""
