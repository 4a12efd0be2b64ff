"""What hosts show of a baseline: each requirement judged, and what meeting it would detect."""
