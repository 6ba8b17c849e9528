"""What the postal channel refuses, in words that say what to do. Interfaces show `str(error)`."""

from __future__ import annotations


class PostalError(Exception):
    """A refusal of the postal channel; nothing was written."""
