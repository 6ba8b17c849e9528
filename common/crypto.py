"""Encryption of single values at rest, and the keyed hash by which an encrypted value is found again.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). A stored value is
`length of key id (1 byte) | key id (ASCII) | nonce (12) | ciphertext and tag`. Its table, column and row are
authenticated with it, so a value copied into another row or column does not decrypt.

Settings: `FIELD_KEYS` maps key ids to 32-byte keys, `FIELD_KEY_ID` names the one that encrypts now (older
ones still decrypt, so keys can be rotated), `BLIND_INDEX_KEY` is the key of the hash.
"""

import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from common.text import nfc

_NONCE = 12


class DecryptionError(Exception):
    """The value was not encrypted for this row, was altered, or its key is not configured."""


def encrypt(plaintext: str, *, table: str, column: str, row: UUID) -> bytes:
    """The value as stored in `table.column` of the row with this uuid, under the current key."""
    key_id: str = settings.FIELD_KEY_ID
    nonce = os.urandom(_NONCE)
    header = key_id.encode("ascii")
    sealed = _cipher(settings.FIELD_KEYS[key_id]).encrypt(
        nonce, plaintext.encode(), _place(table, column, row)
    )
    return b"%c%b%b%b" % (len(header), header, nonce, sealed)


def decrypt(stored: bytes, *, table: str, column: str, row: UUID) -> str:
    """The value behind `encrypt`, under whichever configured key it names; DecryptionError otherwise."""
    start = 1 + (stored[0] if stored else 0)
    key_id = bytes(stored[1:start]).decode("ascii", "replace")
    key = settings.FIELD_KEYS.get(key_id)
    if key is None:
        raise DecryptionError(f"{table}.{column}: no key {key_id!r} in FIELD_KEYS")
    nonce, sealed = stored[start : start + _NONCE], stored[start + _NONCE :]
    try:
        return _cipher(key).decrypt(nonce, sealed, _place(table, column, row)).decode()
    except (InvalidTag, ValueError) as error:
        raise DecryptionError(f"{table}.{column}: row {row} does not decrypt with key {key_id!r}") from error


def key_id_of(stored: bytes) -> str:
    """The id of the key under which a stored value was encrypted: tells what a rotation has left to do."""
    return bytes(stored[1 : 1 + stored[0]]).decode("ascii")


def blind_index(value: str, *, domain: str, key: bytes | None = None) -> bytes:
    """HMAC-SHA256 (32 bytes) of a value: equal values of one domain have equal hashes, and only the holder of
    the key can compute them. `domain` names the kind of value ("national_id"), so kinds cannot be compared.
    `key` is another than BLIND_INDEX_KEY only where that one is changed (common.reindexing).
    """
    return hmac.digest(key or settings.BLIND_INDEX_KEY, f"{domain}\0{nfc(value)}".encode(), "sha256")


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    if len(key) != 32:
        raise ValueError("a field key is 32 bytes")
    return AESGCM(key)


def _place(table: str, column: str, row: UUID) -> bytes:
    return f"{table}\0{column}\0".encode() + row.bytes
