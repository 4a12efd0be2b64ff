"""What an organisation has: hosts, their facts, and where each fact comes from."""
