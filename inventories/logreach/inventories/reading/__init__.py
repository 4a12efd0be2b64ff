"""Recognise files and build hosts out of them."""
