"""Contract texts in versions and languages, and who accepted which for a partner: name, time, address and hash of the text.

A published version never changes. Partners have a time to accept it; then new deals stop, running ones do not.
"""
