"""Windows event channels: events, audit policy, SACLs, settings, channels."""
