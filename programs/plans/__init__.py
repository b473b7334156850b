"""Joint business plans: outline, shared, signed by both sides, amended, scored."""
