"""`python -m deploy.probe`: the app container's health. Fails unless the app answers here."""

import os
import sys
import urllib.error
import urllib.request

_PATH = "/healthz"
_TIMEOUT = 2


def main() -> int:
    port = os.environ.get("PORT", "8000")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{_PATH}", timeout=_TIMEOUT):
            return 0
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
