"""Where partners stand in their programmes: the nightly evaluation, its states, exceptions and history."""
