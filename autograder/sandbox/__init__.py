"""Running student code away from the grader: processes, confinement, and the format that values cross in."""
