"""Systems, features, channels and Sysmon's own output."""
