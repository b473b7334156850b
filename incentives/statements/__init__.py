"""Statements as people get them: lists, explanations from what was frozen, documents, acknowledgement."""
