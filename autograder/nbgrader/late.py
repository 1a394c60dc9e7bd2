"""The policy of `course.toml` for what comes late, as a plugin of nbgrader."""

import math

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float

_DAY = 24 * 60 * 60


class LatePenalty(LateSubmissionPlugin):
    """Takes off a fraction of the points for each day that has begun."""

    grace_minutes = Float(0.0, help="so late still counts as in time").tag(config=True)
    per_day = Float(0.0, help="the fraction of the points that each day costs").tag(config=True)
    most = Float(1.0, help="the largest fraction that is taken off").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Points to take off; None if it is nothing."""
        seconds = total_seconds_late - 60 * self.grace_minutes
        if seconds <= 0 or self.per_day == 0:
            return None
        return round(score * min(self.per_day * math.ceil(seconds / _DAY), self.most), 6)
