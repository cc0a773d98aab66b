"""Check that the samples made again are the samples committed, but for the clock.

    python compare.py OLD_FOLDER NEW_FOLDER
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

# What no seed can repeat.
CLOCK = {"datetime_start", "datetime_complete", "duration", "user_attrs_seconds", "Created", "Runtime"}
FILES = ("optuna-digits.csv", "random-search-seeds.csv", "learning-curves.csv")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [{k: v for k, v in row.items() if k not in CLOCK} for row in csv.DictReader(file)]


def main(old: str, new: str) -> None:
    differs = False
    for name in FILES:
        before, after = rows(Path(old, name)), rows(Path(new, name))
        changed = sum(a != b for a, b in zip(before, after)) + abs(len(before) - len(after))
        differs |= changed > 0
        print(f"{name}: {len(after)} rows, {changed} differ")
    sys.exit(differs)


if __name__ == "__main__":
    main(*sys.argv[1:])
