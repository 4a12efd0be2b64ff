"""Verdicts, the graph that combines them, and the reasons read off it.

It knows no platform, no event and no rule.
"""
