"""Writes of deals; see the modules. Each step is one call: authorise, lock, check the state, change, history, outbox."""
