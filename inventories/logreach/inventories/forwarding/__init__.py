"""Subscriptions and shippers' configurations."""
