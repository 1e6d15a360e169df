"""The open set of real pages through its own judge; `evals/pages.py` has the long form, beside plain trafilatura."""

import gzip
import importlib.util
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from vivavoce.errors import InputError
from vivavoce.extract import extract_here
from vivavoce.types import Article, Capture


def load_judge(folder: Path) -> Any:
    """Load the set's scorer without running it: it runs on import."""
    source = (folder / "score.py").read_text(encoding="utf-8").rsplit("\nmain()", 1)[0]
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("page_scorer", loader=None))  # type: ignore[arg-type]  # a spec without a loader is what is wanted
    exec(compile(source, "score.py", "exec"), module.__dict__)  # noqa: S102  # our own test set's code
    return module


def extract(folder: Path, page: dict[str, Any]) -> Article:
    body = gzip.decompress((folder / page["file"]).read_bytes())
    return extract_here(Capture(body=body, address=page["id"], media_type="text/html", url=page["url"]))


def as_json(article: Article) -> str:
    return json.dumps({**asdict(article), "published": article.published and article.published.isoformat()})


@pytest.mark.skipif(sys.platform == "win32", reason="the set is read from a POSIX checkout")
def test_the_open_pages_are_read_cleanly(shared_data: Path) -> None:
    folder = shared_data / "pages"
    scorer = load_judge(folder)
    for page in json.loads((folder / "gold.json").read_text(encoding="utf-8")):
        if "not_article" in page["flags"]:
            with pytest.raises(InputError, match="kind: index page"):
                extract(folder, page)
            continue
        result = scorer.judge(page, 0, as_json(extract(folder, page)))
        assert (result["leak"], result["lost"], result["dup"]) == ([], [], []), page["id"]
        assert result["body"][2] >= 0.97, page["id"]
        assert set(result["meta"].values()) == {"ok"}, page["id"]
