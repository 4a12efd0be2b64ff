"""What adversaries must switch off before techniques are detected no longer, and who sees it."""
