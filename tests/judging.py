"""Other people's validators, from the node_modules that `make test` installs."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"


def find_html_faults(page: Path) -> str:
    """Give what html-validate has to say of a page; empty where that is nothing."""
    judge, config = MODULES / ".bin" / "html-validate", ROOT / ".htmlvalidate.json"
    command: list[str | Path] = [judge, "--config", config, "--formatter", "text", page]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.stdout + done.stderr if done.returncode else done.stdout
