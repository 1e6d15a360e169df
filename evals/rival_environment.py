"""Environments of their own for other programs, because some of them carry GPL code."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / "build" / "rivals"


def prepare_environment(name: str, packages: tuple[str, ...], *, build_tools: tuple[str, ...] = ()) -> Path:
    """Make a virtual environment with the given packages, once; gives its Python.

    `build_tools` are for packages that build from source without saying what with.
    """
    folder = HOME / name
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        if build_tools:
            subprocess.run([*install, *build_tools], check=True)
            install.append("--no-build-isolation")
        subprocess.run([*install, *packages], check=True)
        (folder / ".ready").touch()
    return python
