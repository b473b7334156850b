"""Goals agreed by both sides: proposed, countered, agreed, revised, and closed by the system."""
