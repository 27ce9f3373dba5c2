"""What a ceremony is held for: the institutions of a plan, and then those who inspect them.

国办发〔2015〕58号 wants both at random; the second draw follows the first.
"""

from enum import StrEnum


class Subject(StrEnum):
    """What is drawn."""

    UNITS = "units"
    TEAMS = "teams"

    @property
    def label(self) -> str:
        """The subject's name on a page."""
        return {"units": "抽取检查对象", "teams": "选派检查人员"}[self.value]
