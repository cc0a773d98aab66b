#!/usr/bin/env python3
"""Holds the runs document of `inspect` (from the standard input) against what make.py made:
`check.py RUNS [PARAM-OR-METRIC...]`; with names only those may be there."""

import json
import math
import sys

from make import run


def same(told, made):
    if isinstance(made, float) and math.isnan(made):
        return told == "NaN"
    return told == made


def main():
    count, names = int(sys.argv[1]), sys.argv[2:]
    seen = set()
    for line in sys.stdin:
        if not line.startswith('{"id"'):
            continue
        told = json.loads(line.rstrip().rstrip(",").removesuffix("]}"))
        number = int(told["name"].removeprefix("run-")) if "name" in told else None
        made = run(number)
        assert told["id"] == made["id"] and told["status"] == made["status"].lower(), told
        metrics = {name: metric["last"] for name, metric in told["metrics"].items()}
        for told_values, made_values in ((told["params"], made["params"]), (metrics, made["metrics"])):
            wanted = {name: value for name, value in made_values.items() if not names or name in names}
            assert told_values.keys() == wanted.keys(), told
            assert all(same(told_values[name], value) for name, value in wanted.items()), (told, made)
        seen.add(number)
    assert seen == set(range(count)), f"{len(seen)} runs of {count}"
    print(f"all {count} runs agree in {', '.join(names) or 'every param and metric'}")


if __name__ == "__main__":
    main()
