"""When a host is gone without a word: how long the one at the other end waits before it takes it for dead.

Without these, TCP waits for a quarter of an hour for the receipt of what was sent, and for ever where nothing was: so
long would a slice be locked by a machine whose cable was pulled. Half a minute, everywhere. Sockets of this
host's own (the embedded servers) take no notice of them.
"""

from __future__ import annotations

import socket

# What the database's server does about a silent client. The check runs while a statement runs or waits and sees a
# process that died alone; keepalives see a host whose answer nobody awaits; the timeout one that owes a receipt.
SERVER = (
    "-c client_connection_check_interval=5s -c tcp_user_timeout=25s "
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
# The same the other way round: an error in place of an endless wait for a server whose host is gone.
CLIENT = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# For the connection to the broker: option of the socket to its value. Not every system knows every one.
BROKER = {
    getattr(socket, name): value
    for name, value in {
        "TCP_KEEPIDLE": 10,
        "TCP_KEEPINTVL": 5,
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": 25_000,
    }.items()
    if hasattr(socket, name)
}
