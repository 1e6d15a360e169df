"""How soon an editor hears a change: previews at the desk, and new versions of which only the touched sentence is made.

Usage: python evals/desk_change.py [--voice am_michael] [--article ../shared/data/reference/article.txt] [--changes 5]

A newsroom of its own serves in a temporary folder, as `vivavoce serve` does, with a real voice and the recogniser. An
article is sent and rendered, and its page opened, which warms the booth. Then, one after another, a sentence is
changed: heard as a preview (from the request to the last byte), and applied (from the request to the version that has
it). Printed: median and longest of both, the processor's time that a preview took in the server's processes, and how
many utterances were rendered for each version that were not rendered for its preview. The first preview waits for the
voice, which an editor who reads the page first does not; the goal is that all others are heard within two seconds on
two idle cores; `load` says whether they were.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from listeners import serving

ARTICLE = Path("../shared/data/reference/article.txt")
GOAL_S = 2.0
_LONGEST_S = 1800.0


def read_used_s(pid: int) -> float:
    """Give the processor's time that a process and all its children have used; Linux tells it."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    own_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return own_s + sum(read_used_s(int(child)) for file in threads for child in file.read_text("ascii").split())


class Desk:
    """An editor's way to one edition."""

    def __init__(self, client: httpx.Client, text: str, *, pid: int) -> None:
        """Send an article to the server with this process id, and wait for its first version."""
        self._client, self._pid = client, pid
        sent = self._ask("POST", "/api/v1/articles", {"text": text, "source_id": "bench"})
        self.edition = sent["article"]["edition"]["id"]
        self.wait_for_version(1)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        is_json = bool(answer.content) and answer.headers["content-type"].startswith("application/json")
        return answer.json() if is_json else answer.content

    def wait_for_version(self, number: int) -> None:
        """Wait until a version is made."""
        deadline_s = time.monotonic() + _LONGEST_S
        while time.monotonic() < deadline_s:
            if self._ask("GET", f"/api/v1/editions/{self.edition}")["head"] >= number:
                return
            failed = [job["error"] for job in self._ask("GET", "/api/v1/jobs") if job["state"] == "failed"]
            if failed:
                raise SystemExit(f"it can't be rendered: {failed[0]}")
            time.sleep(0.02)
        raise SystemExit("it is not rendered in time")

    def list_sentences(self) -> list[dict[str, Any]]:
        """List what the first version says."""
        sentences: list[dict[str, Any]] = self._ask("GET", f"/api/v1/editions/{self.edition}/versions/1/sentences")
        return sentences

    def warm(self) -> None:
        """Open the dialog in which a change is made."""
        self._ask("POST", f"/api/v1/editions/{self.edition}/warm")

    def preview(self, change: dict[str, Any]) -> tuple[float, float]:
        """Hear a change; gives the seconds until all of it has come, and the processor's time."""
        began_s, used_s = time.perf_counter(), read_used_s(self._pid)
        self._ask("POST", f"/api/v1/editions/{self.edition}/preview", change)
        return time.perf_counter() - began_s, read_used_s(self._pid) - used_s

    def apply(self, change: dict[str, Any], number: int) -> tuple[float, int]:
        """Make a change; gives the seconds until its version is there, and how many utterances were rendered."""
        began_s = time.perf_counter()
        self._ask("POST", f"/api/v1/editions/{self.edition}/edits", change)
        self.wait_for_version(number)
        took_s = time.perf_counter() - began_s
        made = self._ask("GET", f"/api/v1/editions/{self.edition}/versions/{number}/files/edition.json")["made"]
        return took_s, made["rendered_utterances"]


def measure(desk: Desk, changes: int) -> dict[str, object]:
    """Change one sentence after the other and give the figures."""
    chosen = [one for one in desk.list_sentences() if one["block"] is not None and len(one["words"]) > 4][:changes]
    desk.warm()
    previews, versions, rendered = [], [], []
    for number, sentence in enumerate(chosen):
        word = max((word["text"] for word in sentence["words"] if word["text"].isalpha()), key=len)
        change = {"action": "say-here", "where": word, "within": sentence["id"], "alias": "Hallvorsen"}
        previews.append(desk.preview({**change, "seen_version": 1}))
        took_s, count = desk.apply({**change, "seen_version": 1}, number + 2)
        versions.append(took_s)
        rendered.append(count)
    return {
        "changes": len(chosen),
        "first_preview_s": round(previews[0][0], 2),
        "preview_median_s": round(statistics.median(took_s for took_s, _ in previews[1:]), 2),
        "preview_longest_s": round(max(took_s for took_s, _ in previews[1:]), 2),
        "preview_median_cpu_s": round(statistics.median(used_s for _, used_s in previews[1:]), 2),
        "version_median_s": round(statistics.median(versions), 2),
        "version_longest_s": round(max(versions), 2),
        "rendered_utterances": rendered,
        "load": os.getloadavg(),
    }


def main() -> int:
    """Run, print, and say whether it is good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--voice", default="am_michael")
    parser.add_argument("--article", type=Path, default=ARTICLE)
    parser.add_argument("--changes", type=int, default=5)
    arguments = parser.parse_args()
    text = arguments.article.read_text("utf-8")
    with TemporaryDirectory(prefix="vivavoce-desk-") as folder, serving(Path(folder), arguments.voice) as server:
        headers = {"Authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=_LONGEST_S) as client:
            figures = measure(Desk(client, text, pid=server.pid), arguments.changes)
    print(json.dumps(figures, indent=1))
    longest = figures["preview_longest_s"]
    return 0 if isinstance(longest, float) and longest < GOAL_S else 1


if __name__ == "__main__":
    raise SystemExit(main())
