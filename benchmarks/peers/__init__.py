"""Our engine beside the graders that other courses use: the same tests, the same submissions, whole commands."""
