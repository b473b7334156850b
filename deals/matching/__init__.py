"""Finding the operator's customers by their keys; what the keys are is told by ``catalog.matching``."""
