"""The course under nbgrader's own commands and web pages: release, collect, autograde, feedback, formgrader."""
