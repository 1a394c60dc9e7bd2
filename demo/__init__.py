"""The example class, and what each of its submissions deserves."""
