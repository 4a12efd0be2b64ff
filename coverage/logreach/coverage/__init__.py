"""What can be seen: knowledge, graph, verdicts, prerequisites and filters."""
