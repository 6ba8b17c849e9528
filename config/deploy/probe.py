"""`python -m config.deploy.probe URL`: exit 0 when the site answers the page below status 400, as through its proxy."""

import os
import sys
import urllib.error
import urllib.request


def main(address: str) -> int:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    headers = {"Host": host.lstrip("."), "X-Forwarded-Proto": "https"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=4):
            return 0
    except (urllib.error.URLError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
