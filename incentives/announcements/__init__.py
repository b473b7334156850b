"""Telling eligible partners what a published version promises, and keeping who confirmed to know it."""
