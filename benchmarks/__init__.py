"""Long measurements, each a command; what they found is kept beside them."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
