"""`python -m drills.attacker PORT SECONDS`: invented teams, slugs, logins and tokens, all from one
address, as fast as eight connections carry them. Prints what it did."""

import sys

from bench import load
from bench.floods import FLOODS

_CONNECTIONS = 8
_OF_EACH = 2000
_ADDRESS = b"Host: bench\r\nX-Forwarded-For: 198.51.100.7"


def main() -> None:
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    kinds = [make for path, make in FLOODS.items() if path != "/readyz"]
    requests = [make() for _ in range(_OF_EACH) for make in kinds]
    addressed = [one.replace(b"Host: bench", _ADDRESS, 1) for one in requests]
    connections = [load.Connection(port) for _ in range(_CONNECTIONS)]
    result = load.run(connections, addressed, seconds)
    told = f"{result.per_second:,.0f} requests a second, {result.failures:,} refused"
    print(f"{told}, p99 {result.p99:.0f} ms")


if __name__ == "__main__":
    main()
