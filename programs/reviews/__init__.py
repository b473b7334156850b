"""Quarterly business reviews: planned, prepared with frozen figures, held, actions agreed, closed."""
