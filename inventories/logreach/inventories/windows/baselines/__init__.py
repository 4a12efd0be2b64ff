"""Baselines: what a guide, a control or an organisation itself asks of the logging of a host."""
