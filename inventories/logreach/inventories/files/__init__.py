"""How the bytes of files become text, lines and values with their places."""
