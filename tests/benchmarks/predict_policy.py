"""Writes the engine's predictions for evaluation sets: `predict_policy.py DATA_DIR OUT.jsonl [set …]`.

DATA_DIR holds one folder for each set with `dev.jsonl`, rows {"id", "text", …}. A comment counts as flagged where a
finding that is no hint suggests hiding, replying with help or escalating; a call for rescue (voice) is no flag on it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from moderator.domain.policy import Suggestion
from moderator.policy.document import load
from moderator.policy.engine import Engine

_FLAGS = {Suggestion.HIDE, Suggestion.REPLY, Suggestion.ESCALATE}


def predict(engine: Engine, row: dict[str, Any]) -> dict[str, Any]:
    """One prediction in the scorer's form."""
    verdict = engine.judge(row["text"])
    flags = [f for f in verdict.findings if not f.hint and f.suggestion in _FLAGS]
    kinds = {clause.id: clause.category.value for clause in engine.document.clauses}
    return {
        "id": row["id"],
        "flag": int(bool(flags)),
        "clauses": sorted({kinds[f.clause] for f in flags}),
        "spans": [[f.start, f.end, f.clause] for f in flags],
    }


def main(data: Path, out: Path, *sets: str) -> None:
    """Predict every row of the given sets, or of all."""
    engine = Engine(load())
    names = sets or tuple(sorted(folder.name for folder in data.iterdir() if (folder / "dev.jsonl").exists()))
    with out.open("w", encoding="utf-8") as target:
        for name in names:
            for line in (data / name / "dev.jsonl").open(encoding="utf-8"):
                target.write(json.dumps(predict(engine, json.loads(line)), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
