"""Companies that the operator looks for: scored, talked with, invited to apply (product.md 3.2)."""
