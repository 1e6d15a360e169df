"""What a listener would hate on real pages: our extraction and plain trafilatura's, judged by one scorer in one run.

python evals/pages.py [--set DIR]
"""

import argparse
import subprocess
import sys
from pathlib import Path

DEFAULT_SET = Path(__file__).parents[2] / "shared" / "data" / "pages"
OURS = f"{sys.executable} -m vivavoce extract {{file}} --url {{url}} --json"
THEIRS = f"{sys.executable} {Path(__file__).with_name('plain_trafilatura.py')} {{file}} {{url}}"
FLOORS = ("leaked lines 0 on 0 pages; lost paragraphs 0 of 256", "non-articles refused 2/2")
"""Of the open set, 17 pages; a floor goes down only by an explicit, reviewed choice."""


def score(folder: Path, command: str) -> str:
    """Run the set's own scorer over a command; give what it prints."""
    scorer = [sys.executable, str(folder / "score.py"), "--set", str(folder), "--cmd", command, "--verbose"]
    return subprocess.run(scorer, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Print both scores; fail where ours lies under its floor."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--set", type=Path, default=DEFAULT_SET)
    folder = arguments.parse_args().set
    if not folder.is_dir():
        print(f"{folder}: the pages do not lie there; nothing was scored")
        return 0
    ours, theirs = score(folder, OURS), score(folder, THEIRS)
    print(f"vivavoce\n{ours}\nplain trafilatura\n{theirs}")
    missed = [floor for floor in FLOORS if floor not in ours] if folder == DEFAULT_SET else []
    for floor in missed:
        print(f"under the floor: {floor}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
