"""Starts the servers of the test session before Django reads its settings."""

pytest_plugins = ["config.embedded.testing"]
