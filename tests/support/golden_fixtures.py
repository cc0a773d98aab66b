#!/usr/bin/env python3
"""Writes what tests/golden_methods.rs reads: problems, their runs, and what the references say of them.

    golden_fixtures.py GOLDEN_DIR OUTPUT_DIR [SIZES...]

GOLDEN_DIR holds problems/, summary.json as the reference implementations' runs left them. A file is written for each
problem and size; without SIZES for all of them.
"""
import csv
import json
import os
import sys

golden, output = sys.argv[1:3]
wanted = {int(size) for size in sys.argv[3:]}
with open(os.path.join(golden, "summary.json"), encoding="utf-8") as file:
    summary = json.load(file)


def cell(kind, text):
    return text if kind == "categorical" else int(text) if kind == "int" and text.lstrip("-").isdigit() else float(text)


os.makedirs(output, exist_ok=True)
for name, known in sorted(summary.items()):
    folder = os.path.join(golden, "problems", name)
    with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
        meta = json.load(file)
    for size in sorted({method["n"] for method in known["methods"]}):
        if wanted and size not in wanted:
            continue
        with open(os.path.join(folder, f"n{size}.csv"), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        means, forests = {}, {}
        for method in known["methods"]:
            values = method.get("importances")
            if method["n"] != size or not values:
                continue
            if "fanova" in method["method"] and "pedanova" not in method["method"]:
                forests[method["method"]] = {p: [v["mean"], v["sd"]] for p, v in values.items() if v["mean"] is not None}
            else:
                means[method["method"]] = {p: v["mean"] for p, v in values.items()}
        problem = {
            "params": meta["params"],
            "direction": meta["direction"],
            "columns": {p["name"]: [cell(p["type"], row[p["name"]]) for row in rows] for p in meta["params"]},
            "objective": [float(row[meta["objective"]]) for row in rows],
            "references": means,
            "forests": forests,
        }
        with open(os.path.join(output, f"{name}-{size}.json"), "w", encoding="utf-8") as file:
            json.dump(problem, file, separators=(",", ":"))
