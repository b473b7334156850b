"""Starts the servers of the test session, then Django, before any test module is imported."""

import django

import config.embedded.testing  # noqa: F401  (first: settings read the servers' addresses)

django.setup()
