"""The graph of techniques, components and events, built out of the knowledge."""
