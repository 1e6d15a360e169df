"""Full scripts, read and approved by a person: the reference article, and one like it with other names and figures.

A change in a lexicon or a rule may change them on purpose. Then write them again, and read the difference:

    PYTHONPATH=src python tests/unit/script/test_gold_scripts.py
"""

from pathlib import Path

import pytest

from vivavoce.engines.spacy_tagger import SpacyTagger
from vivavoce.extract import extract_article
from vivavoce.ingest import fetch_capture
from vivavoce.lexicon import Lexicon
from vivavoce.script import write_script
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.types import Article, Script

ROOT = Path(__file__).parents[3]
GOLD = ROOT / "tests" / "gold" / "scripts"
ARTICLES = {
    "reference": ROOT.parent / "shared" / "data" / "reference" / "article.txt",
    "variant": GOLD / "variant.txt",
}


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return load_pronouncer()


def load_pronouncer() -> Pronouncer:
    return build_pronouncer(variety="en-US", tagger=SpacyTagger(), house=Lexicon())


def read_article(name: str) -> Article:
    return extract_article(fetch_capture(str(ARTICLES[name])))


def tabulate(script: Script, text: str) -> str:
    lines = [
        f"{u.display}\n    {u.spoken}\n    {u.phonemes}\n    pause {u.pause_after_ms} ms" for u in script.utterances
    ]
    omitted = [f"omitted {span.omitted}: {text[span.start : span.end]}" for span in script.spans if span.omitted]
    return "\n".join([*lines, *omitted]) + "\n"


@pytest.mark.parametrize("name", ["reference", "variant"])
def test_script_is_the_approved_one(name: str, pronouncer: Pronouncer) -> None:
    if not ARTICLES[name].exists():
        pytest.skip("the open test sets do not lie beside this checkout")
    article = read_article(name)
    script = write_script(article, pronouncer=pronouncer)
    assert tabulate(script, article.text) == (GOLD / f"{name}.script.txt").read_text(encoding="utf-8")


def write_gold() -> None:
    pronouncer = load_pronouncer()
    for name, file in ARTICLES.items():
        if file.exists():
            article = read_article(name)
            script = write_script(article, pronouncer=pronouncer)
            (GOLD / f"{name}.script.txt").write_text(tabulate(script, article.text), encoding="utf-8")


if __name__ == "__main__":
    write_gold()
