"""`python -m config.services stop` stops the embedded servers; `env` prints their addresses for a shell."""

import os
import sys

from . import stop, urls


def main(arguments: list[str]) -> int:
    if arguments == ["stop"]:
        print("stopped" if stop() else "not running")
        return 0
    if arguments == ["env"]:
        found = urls(os.environ)
        print(f"DATABASE_URL='{found.database_url}'")
        print(f"DATABASE_OWNER_URL='{found.owner_url}'")
        print(f"REDIS_URL='{found.redis_url}'")
        return 0
    print("usage: python -m config.services stop|env", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
