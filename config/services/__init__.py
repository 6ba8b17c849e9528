"""PostgreSQL and Valkey of the project's own, for when the environment names no others (docs/adr/001)."""

from .client import Services, ensure, state_dir, stop, urls
from .paths import ServicesError
from .postgres import binaries as postgres_programs

__all__ = ["Services", "ServicesError", "ensure", "postgres_programs", "state_dir", "stop", "urls"]
