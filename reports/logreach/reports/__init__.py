"""How an assessment is told: terminal, JSON, Excel, Navigator layers and HTML."""
