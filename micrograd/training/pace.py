"""How many steps a run takes between two reports."""

REPORT_SECONDS = 0.1  # between two reports
OVERHEAD_FACTOR = 20  # the steps take at least this many times as long as the report
MAX_REPORT_SECONDS = 2.0  # between two reports, if that would be longer


class Pace:
    """How many steps to take before the next report, learned from how long the last ones took."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def update(self, steps: int, seconds: float, overhead: float) -> None:
        """Note that `steps` steps took `seconds`, and the report after them `overhead` seconds."""
        wanted = max(REPORT_SECONDS, OVERHEAD_FACTOR * overhead)
        wanted = min(wanted, MAX_REPORT_SECONDS)
        self.steps = max(1, int(wanted * steps / seconds))
