"""Fuzz every reader with atheris, in an environment of its own beside ours.

python evals/fuzz.py [--runs N] [--seed S] [READER ...]
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rival_environment import prepare_environment

ATHERIS = "atheris==3.0.0"
READERS = ("plain", "markdown", "mail", "docx", "cms", "feed", "page", "any")
SLOWEST_S = 30
MOST_BYTES = 4_096
ROOT = Path(__file__).parents[1]


def fuzz(reader: str, *, runs: int, seed: int) -> bool:
    """Fuzz one reader from its seed on; say whether nothing was found."""
    python = prepare_environment("fuzz", (ATHERIS,))
    paths = (ROOT / "src", sysconfig.get_path("purelib"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    with tempfile.TemporaryDirectory() as corpus:
        options = (f"-runs={runs}", f"-seed={seed}", f"-max_len={MOST_BYTES}", f"-timeout={SLOWEST_S}", corpus)
        command = [python, ROOT / "evals" / "fuzz_readers.py", reader, *options]
        done = subprocess.run(command, env=environment, cwd=corpus, capture_output=True, text=True, check=False)
        found = [path.name for path in Path(corpus).iterdir() if path.name.startswith(("crash-", "timeout-", "oom-"))]
    print(f"{reader:9} {runs:,} runs, seed {seed}: {'nothing found' if done.returncode == 0 else f'FOUND {found}'}")
    if done.returncode:
        print("\n".join(done.stderr.splitlines()[-40:]))
    return done.returncode == 0


def main() -> int:
    """Fuzz the readers named, or all."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("readers", nargs="*", default=READERS, metavar="READER")
    arguments.add_argument("--runs", type=int, default=20_000)
    arguments.add_argument("--seed", type=int, default=1)
    asked = arguments.parse_args()
    if unknown := set(asked.readers) - set(READERS):
        arguments.error(f"no such reader: {', '.join(sorted(unknown))}; there are {', '.join(READERS)}")
    print(f"{ATHERIS}, {datetime.now(UTC).date()}")
    clean = [fuzz(reader, runs=asked.runs, seed=asked.seed) for reader in asked.readers]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
