"""What tiers ask: the tree of requirements, where its numbers come from, and what partners have of it."""
