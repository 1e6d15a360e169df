"""Environments of their own for other programs, because some of them carry GPL code."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / "build" / "rivals"


def prepare_environment(name: str, packages: tuple[str, ...]) -> Path:
    """Make a virtual environment with the given packages, once; gives its Python."""
    folder = HOME / name
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / ".ready").touch()
    return python
