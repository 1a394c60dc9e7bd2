"""An example class of every kind of submission, and what each of them deserves."""
