"""What tests of a published edition share."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from vivavoce.encode.manifest import read_manifest
from vivavoce.types import EditionRecord

BASE_URL = "https://audio.example.org/editions"


@dataclass(frozen=True, slots=True)
class Published:
    """An edition and the site that it stands on."""

    edition: Path
    site: Path
    environment: dict[str, str]

    @property
    def record(self) -> EditionRecord:
        """What the manifest says."""
        return read_manifest((self.edition / "edition.json").read_text("utf-8"))

    def run(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """Run the command line in the same house."""
        command = [sys.executable, "-m", "vivavoce", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment, timeout=500)
