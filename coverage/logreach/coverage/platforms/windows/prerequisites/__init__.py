"""What must hold on a host for an event to be written, kept and filled: leaves of the graph."""
