"""python -m vivavoce.encode.schemas: writes the JSON Schemas that the package ships from the types that keep them."""

import json
from pathlib import Path

from vivavoce.encode.manifest import manifest_schema
from vivavoce.encode.proof_sheet import proof_schema

if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "schemas"
    for name, schema in {"edition-1.json": manifest_schema(), "proof-1.json": proof_schema()}.items():
        (folder / name).write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n")
