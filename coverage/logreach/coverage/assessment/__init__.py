"""Assess an inventory, weigh what would change it, and the result document."""
