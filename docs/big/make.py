#!/usr/bin/env python3
"""Makes up runs, the same each time: `make.py RUNS FOLDER` writes mlflow.db (MLflow's tables), csv/ (the same tables as
a JDBC reader hands them over) and runs.jsonl (as W&B's API tells runs). A million take about 1.5 GB."""

import csv
import json
import math
import sqlite3
import sys
from pathlib import Path

TABLES = {
    "experiments": "experiment_id INTEGER, name VARCHAR(256), lifecycle_stage VARCHAR(32)",
    "runs": "run_uuid VARCHAR(32), name VARCHAR(250), user_id VARCHAR(256), status VARCHAR(9), start_time BIGINT, "
            "end_time BIGINT, lifecycle_stage VARCHAR(20), experiment_id INTEGER",
    "params": "key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32)",
    "tags": "key VARCHAR(250), value VARCHAR(5000), run_uuid VARCHAR(32)",
    "latest_metrics": "key VARCHAR(250), value FLOAT, timestamp BIGINT, step BIGINT, is_nan BOOLEAN, run_uuid VARCHAR(32)",
}
START_MILLIS = 1_767_225_600_000


def share(number, salt):
    """A number from 0 to 1 that looks drawn."""
    mixed = (number * 0x9E3779B97F4A7C15 + salt * 0xBF58476D1CE4E5B9) % 2**64
    mixed = (mixed ^ mixed >> 29) * 0x94D049BB133111EB % 2**64
    return (mixed >> 11) / 2**53


def run(number):
    """What a run is: every reader of what is made here must tell the same of it."""
    lr = 10 ** (-5 + 4 * share(number, 1))
    loss = 0.2 + 0.1 * (math.log10(lr) + 3) ** 2 + 0.05 * share(number, 2)
    failed = share(number, 3) > 0.98
    return {
        "id": f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}",
        "name": f"run-{number}",
        "status": "FAILED" if failed else "FINISHED",
        "params": {
            "lr": lr,
            "weight_decay": 10 ** (-6 + 3 * share(number, 4)),
            "batch_size": (16, 32, 64, 128)[int(4 * share(number, 5))],
            "optimizer": ("adam", "sgd", "lion")[int(3 * share(number, 6))],
            "seed": number % 5,
        },
        "metrics": {
            "train/loss": loss * (0.8 + 0.1 * share(number, 7)),
            "val/loss": math.nan if failed else loss,
            "val/acc": 1 / (1 + loss),
        },
        "tags": {"team": f"team-{number % 12}"},
    }


def rows(number, made):
    """The rows of the tables that hold a run."""
    start = START_MILLIS + 1000 * number
    yield "runs", (made["id"], made["name"], "someone", made["status"], start, start + 60_000, "active", 1)
    for table, values in (("params", made["params"]), ("tags", made["tags"])):
        for key, value in values.items():
            yield table, (key, str(value), made["id"])
    for key, value in made["metrics"].items():
        is_nan = math.isnan(value)
        yield "latest_metrics", (key, 0.0 if is_nan else value, start + 60_000, 99, int(is_nan), made["id"])


def main():
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    (folder / "csv").mkdir(parents=True, exist_ok=True)
    (folder / "mlflow.db").unlink(missing_ok=True)
    database = sqlite3.connect(folder / "mlflow.db")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA journal_mode = OFF")
    files, inserts = {}, {}
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({columns})")
        names = [column.split()[0] for column in columns.split(", ")]
        files[table] = csv.writer(open(folder / "csv" / f"{table}.csv", "w", newline=""))
        files[table].writerow(names)
        inserts[table] = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
    some = {table: [] for table in TABLES}
    some["experiments"].append((1, "sweep", "active"))
    with open(folder / "runs.jsonl", "w") as lines:
        for number in range(count):
            made = run(number)
            line = {"id": made["id"], "name": made["name"], "state": made["status"].lower(),
                    "created_at": "2026-01-01T00:00:00Z", "group": None, "config": made["params"],
                    "summary": made["metrics"]}
            lines.write(json.dumps(line) + "\n")
            for table, row in rows(number, made):
                some[table].append(row)
            if number % 10_000 == 9_999 or number == count - 1:
                for table, waiting in some.items():
                    database.executemany(inserts[table], waiting)
                    files[table].writerows(waiting)
                    waiting.clear()
    database.commit()


if __name__ == "__main__":
    main()
