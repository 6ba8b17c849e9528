"""For a worker of machines.py: without the limit on how long a slice may be held in silence."""

from __future__ import annotations

from payments.operations import generation

generation.SILENCE = "0"
