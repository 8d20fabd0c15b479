"""Runs in a container: one client that asks at a steady pace until it is told to end.

`python clients.py TOKEN_FILE TEAM…` asks the proxy for turns of a conversation, for the status of a
secret, and now and then for a complete intake. It keeps its connection for twenty requests. At the
end it prints one line of JSON: how many succeeded, and what failed.
"""

import json
import signal
import sys
import time
from pathlib import Path

import urllib3

_PAUSE = 0.15
_REQUESTS_A_CONNECTION = 20


def main(token_file: str, teams: list[str]) -> None:
    token = Path(token_file).read_text().strip()
    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ending.append(number))
    done, failed, number = 0, [], 0
    pool = connect()
    print("started", flush=True)
    while not ending:
        number += 1
        if number % _REQUESTS_A_CONNECTION == 0:
            pool.close()
            pool = connect()
        try:
            status = ask(pool, number, teams[number % len(teams)], token)
        except urllib3.exceptions.HTTPError as failure:
            status = type(failure).__name__
        if status == 200:
            done += 1
        else:
            failed.append([number, status, time.strftime("%T")])
        time.sleep(_PAUSE)
    print(json.dumps({"done": done, "failed": failed}), flush=True)


def connect() -> urllib3.HTTPSConnectionPool:
    return urllib3.HTTPSConnectionPool(
        "proxy",
        8443,
        ca_certs="/client/ca.crt",
        server_hostname="localhost",
        assert_hostname="localhost",
        retries=False,
        timeout=30,
    )


def ask(pool: urllib3.HTTPSConnectionPool, number: int, team: str, token: str) -> int:
    if number % 4 == 0:
        headers = {"Authorization": f"Bearer {token}"}
        return int(pool.request("GET", f"/api/team-secrets/{team}", headers=headers).status)
    words = "Hello, my name is Jane Doe."
    if number % 10 == 1:
        words += (
            f" I live in Raleigh, North Carolina, my phone is 919-832-1234, "
            f"I write from jane{number}.{team}@example.com and need help with a divorce."
        )
    body = {
        "teamId": team,
        "sessionId": str(number),
        "messages": [{"role": "user", "content": words}],
    }
    return int(pool.request("POST", "/api/agent", json=body).status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
