"""File locks: the kernel drops them with the last process that holds them, however it ends."""

import fcntl


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a flock of `kind` without waiting; whether it was granted."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
