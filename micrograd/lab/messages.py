"""Messages of the lab: what happened, why, and what to do.

Rule: nothing that a page, a file or a user sends is repeated at full length.
"""


class LabError(ValueError):
    """A request to the lab that cannot be done as it stands; its text is one that a page shows."""
