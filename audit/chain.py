"""How one seal is bound to the one before it: the only place that says so, for sealing, verifying and exporting."""

from __future__ import annotations

import hashlib

FIRST = bytes(32)  # what the first seal is bound to


def link(
    before: bytes, *, number: int, table: str, after: int, upto: int, count: int, content: bytes
) -> bytes:
    """SHA-256 over the digest of the seal before, this one's place in the chain and in its table, and its content."""
    place = f"{number}\0{table}\0{after}\0{upto}\0{count}\0".encode()
    return hashlib.sha256(before + place + content).digest()


def printed(table: str) -> str:
    """The name of the SQL file that prints a table's rows for hashing."""
    return f"printed_{table}"
