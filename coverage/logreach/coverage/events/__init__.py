"""Events, patterns of events, what shows what, and what a platform answers of them."""
