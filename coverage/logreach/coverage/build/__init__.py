"""Building the graph out of the knowledge."""
