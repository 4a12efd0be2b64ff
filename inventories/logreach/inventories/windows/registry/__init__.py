"""Registry files and the settings in them."""
