"""Leads: how they come in, whom they are offered to and why, and what their partner makes of them."""
