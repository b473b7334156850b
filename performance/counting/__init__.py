"""The engine that counts: credits in, measurements out, exactly once. ``docs/engine.md`` tells the whole story."""
