#!/usr/bin/env python3
"""Other programs read what the page exports: pandas (pyarrow), DuckDB and Polars, each where it is installed.

    cargo test --lib files_for_other_programs    # writes target/exports
    python3 tests/readers.py

Every value of runs.parquet and runs.csv and every point of curves.parquet is held against runs.json and curves.csv. The first line
of a CSV file says what it is of, and is skipped.
"""

import csv
import json
import math
import sys
from datetime import datetime, timezone
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "target" / "exports"
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def same(a, b):
    """Whether two values are one; NaN is itself, and is not None."""
    if a is None or b is None:
        return a is b
    if isinstance(a, float) and isinstance(b, (float, int)) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return type(a) is type(b) and a == b or (not isinstance(a, bool) and not isinstance(b, bool) and a == b)


def millis(moment):
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return round((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)


def expected_runs():
    document = json.loads((FOLDER / "runs.json").read_text())
    for run in document["runs"]:
        number = lambda value: SPECIAL.get(value, value) if isinstance(value, str) else value
        params, loss = run["params"], run["metrics"].get("val_loss", {}).get("last")
        yield {
            "id": run["id"],
            "start": run["start"],
            "lr": number(params.get("lr")),
            "layers": params.get("layers"),
            "optimizer": params.get("optimizer"),
            "amp": params.get("amp"),
            "val_loss": number(loss),
        }


def expected_curves():
    with open(FOLDER / "curves.csv", newline="") as file:
        assert file.readline().startswith("# runsift.curves/1,")
        for row in csv.DictReader(file):
            time = row["time"] and millis(datetime.fromisoformat(row["time"].replace("Z", "+00:00")))
            step = float(row["step"]) if row["step"] else None
            yield (row["run"], row["metric"], step, time or None, float(row["value"].replace("Infinity", "inf")))


def with_pandas(path):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    assert b"runsift.comment" in pyarrow.parquet.read_metadata(path).metadata
    import pandas

    assert len(pandas.read_parquet(path)) == table.num_rows
    return table.to_pylist()


def with_duckdb(path):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    found = connection.execute(f"select * from read_parquet('{path}')")
    names = [column[0] for column in found.description]
    keys = connection.execute(f"select decode(key) from parquet_kv_metadata('{path}')").fetchall()
    found = connection.execute(f"select * replace (epoch_ms({TIME[path.name]}) as {TIME[path.name]}) from read_parquet('{path}')")
    assert ("runsift.comment",) in keys, keys
    return [dict(zip(names, row)) for row in found.fetchall()]


# Each way of leaving out the first line and no other, so that a `#` in a cell stays one.
def table_with_pandas(path):
    import pandas

    # As text: what a number is read as depends on the version.
    table = pandas.read_csv(path, skiprows=1, dtype=str, keep_default_na=False)
    return [{name: cell or None for name, cell in row.items()} for row in table.to_dict("records")]


def table_with_duckdb(path):
    import duckdb

    found = duckdb.connect().execute(f"select * from read_csv('{path}', skip=1, header=true, delim=',', quote='\"', escape='\"')")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def table_with_polars(path):
    import polars

    return polars.read_csv(path, skip_lines=1, infer_schema_length=None).to_dicts()


def check_table(name, read):
    """Numbers and texts of the runs as CSV; what is not finite each program reads its own way."""
    runs = read(FOLDER / "runs.csv")
    wanted = list(expected_runs())
    assert len(runs) == len(wanted), (name, len(runs), len(wanted))
    for found, run in zip(runs, wanted):
        assert found["id"] == run["id"]
        optimizer = run["optimizer"]
        optimizer = "'" + optimizer if optimizer and optimizer.startswith("=") else optimizer
        assert same(optimizer, found["params.optimizer"]), (name, run["id"], found["params.optimizer"])
        for key in ["params.lr", "params.layers", "metrics.val_loss"]:
            value = run[key.split(".")[1]]
            if value is not None and math.isfinite(value):
                assert float(found[key]) == value, (name, run["id"], key, value, found[key])
    print(f"{name}: {len(runs)} runs of the CSV read as they were written")


TIME = {"runs.parquet": "start", "curves.parquet": "time"}


def with_polars(path):
    import polars

    return polars.read_parquet(path).to_dicts()


def check(name, read):
    moment = lambda value: value if value is None or isinstance(value, int) else millis(value)
    runs = read(FOLDER / "runs.parquet")
    wanted = list(expected_runs())
    assert len(runs) == len(wanted), (len(runs), len(wanted))
    for found, run in zip(runs, wanted):
        found["start"] = moment(found["start"])
        for key, value in run.items():
            column = {"id": "id", "start": "start", "val_loss": "metrics.val_loss"}.get(key, f"params.{key}")
            assert same(value, found[column]), (name, run["id"], key, value, found[column])
    points = 0
    for found, (run, metric, step, time, value) in zip(read(FOLDER / "curves.parquet"), expected_curves(), strict=True):
        assert (found["run"], found["metric"]) == (run, metric)
        assert same(step, found["step"]) and same(time, moment(found["time"])) and same(value, found["value"]), (found, step, time, value)
        points += 1
    print(f"{name}: {len(runs)} runs and {points} points read as they were written")


def main():
    if not (FOLDER / "runs.parquet").exists():
        sys.exit("there are no files yet: cargo test --lib files_for_other_programs")
    for name, package, read, read_table in [
        ("pandas", "pyarrow", with_pandas, table_with_pandas),
        ("DuckDB", "duckdb", with_duckdb, table_with_duckdb),
        ("Polars", "polars", with_polars, table_with_polars),
    ]:
        try:
            __import__(package)
        except ImportError:
            print(f"{name}: skipped, {package} is not installed")
            continue
        check(name, read)
        check_table(name, read_table)


if __name__ == "__main__":
    main()
