"""The resilience of a fleet as reports tell it."""
