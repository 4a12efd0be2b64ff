"""A baseline held against an inventory, told in every format."""
