"""What the operations on people refuse, in words that say what to do."""


class DecisionRefused(Exception):
    """The law or the record does not allow this decision; nothing was written."""
