"""HTTP clients of the benchmarks: a process of their own, one keep-alive connection per thread, over loopback.

Reads a plan from standard input (port, clients, script and items, one item per run of the script) and prints the total
seconds and the latency of every run as JSON. An answer other than 2xx ends the process.
"""

import http.client
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

Item = dict[str, Any]


class Caller:
    """One client with its connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method: str, path: str, token: str, body: bytes | None, content_type: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content_type}
        self.connection.request(method, f"/api/v1{path}", body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300].decode(errors='replace')}")
        return content

    def post(self, path: str, token: str, body: Item) -> Any:
        return json.loads(self.send("POST", path, token, json.dumps(body).encode(), "application/json"))

    def bring(self, path: str, token: str, content: bytes) -> int:
        edge = "edge-of-the-form"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="proof.txt"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return int(json.loads(self.send("POST", path, token, body, f"multipart/form-data; boundary={edge}"))["id"])


def file(caller: Caller, item: Item) -> None:
    """Files one ticket."""
    caller.post("/tickets", item["token"], {name: value for name, value in item.items() if name != "token"})


def get(caller: Caller, item: Item) -> None:
    """Gets one page."""
    caller.send("GET", item["path"], item["token"], None, "application/json")


def life(caller: Caller, item: Item) -> None:
    """A ticket's life in seven requests: file, endorse, accept, upload, resolve, upload, confirm (which closes it).

    The evidence is text: the cost of redrawing photos is measured by `bench.photos`, and the floor redraws none.
    """
    made = caller.post("/tickets", item["village"], {"household": item["household"], "kind": "water"})
    path = f"/tickets/{made['number']}"
    caller.post(f"{path}/endorse", item["town"], {})
    caller.post(f"{path}/accept", item["bureau"], {})
    proof = caller.bring(f"{path}/evidence", item["bureau"], f"mended {item['household']}".encode())
    caller.post(f"{path}/resolve", item["bureau"], {"note": "修好了", "evidence": [proof]})
    proof = caller.bring(f"{path}/evidence", item["town"], f"seen {item['household']}".encode())
    today = datetime.now(timezone(timedelta(hours=8))).date().isoformat()
    caller.post(f"{path}/confirm", item["town"], {"note": "通水", "visited_on": today, "evidence": [proof]})


SCRIPTS: dict[str, Callable[[Caller, Item], None]] = {"file": file, "get": get, "life": life}


def main() -> None:
    plan = json.load(sys.stdin)
    script, items = SCRIPTS[plan["script"]], iter(plan["items"])
    taking = threading.Lock()
    latencies: list[float] = []
    failures: list[str] = []
    ready = threading.Barrier(plan["clients"] + 1)

    def client() -> None:
        caller = Caller(plan["port"])
        caller.connection.connect()
        ready.wait()
        while True:
            with taking:
                item = next(items, None)
            if item is None or failures:
                return
            began = time.perf_counter()
            try:
                script(caller, item)
            except BaseException as error:
                failures.append(f"{type(error).__name__}: {error}")
                return
            latencies.append(time.perf_counter() - began)

    threads = [threading.Thread(target=client) for _ in range(plan["clients"])]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures:
        sys.exit(failures[0])
    json.dump({"seconds": seconds, "latencies": latencies}, sys.stdout)


if __name__ == "__main__":
    main()
