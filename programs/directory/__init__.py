"""The public directory of accredited partners: listings, what the world sees of them, and how visitors ask."""
