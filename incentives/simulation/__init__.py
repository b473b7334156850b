"""What rules would have paid in past periods: the evaluator of accruals over all beneficiaries, kept apart from accruals."""
