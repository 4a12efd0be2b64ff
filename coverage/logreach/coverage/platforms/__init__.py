"""What each platform knows of its own events."""
