"""The commands, one module each: `add` declares its arguments, `run` does the work and gives the exit code."""
