#!/usr/bin/env python3
"""Other programs read what the page exports: pandas (pyarrow), DuckDB and Polars, each where it is installed.

    cargo test --lib files_for_other_programs    # writes target/exports
    python3 -m venv target/readers && target/readers/bin/pip install pandas pyarrow duckdb polars pytz
    target/readers/bin/python tests/readers.py

Every value of runs.parquet, runs.csv and runs.json, and every point of curves.parquet and curves.csv, is held against what Python's own
csv and json read of runs.json and curves.csv; so are the tables in session.zip, and the table as it is seen (seen.tsv) against the same runs as
a document (seen.json). The first line of a CSV or TSV file says what it is of, and is skipped.
"""

import csv
import json
import math
import sys
import zipfile
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


def number(value):
    return SPECIAL.get(value, value) if isinstance(value, str) else value


def expected_runs():
    document = json.loads((FOLDER / "runs.json").read_text())
    for run in document["runs"]:
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


def point(row):
    """A line of the curves' CSV, whose cells are texts."""
    time = row["time"] and millis(datetime.fromisoformat(row["time"].replace("Z", "+00:00")))
    step = float(row["step"]) if row["step"] else None
    return (row["run"], row["metric"], step, time or None, float(row["value"].replace("Infinity", "inf")))


def expected_curves():
    with open(FOLDER / "curves.csv", newline="") as file:
        assert file.readline().startswith("# runsift.curves/1,")
        yield from map(point, csv.DictReader(file))


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


def with_polars(path):
    import polars

    return polars.read_parquet(path).to_dicts()


# Each way of leaving out the first line and no other, so that a `#` in a cell stays one. As text: what a number is read as
# depends on the version, and what is not finite each program reads its own way.
def table_with_pandas(path, delimiter=","):
    import pandas

    table = pandas.read_csv(path, sep=delimiter, skiprows=1, dtype=str, keep_default_na=False)
    return [{name: cell or None for name, cell in row.items()} for row in table.to_dict("records")]


def table_with_duckdb(path, delimiter=","):
    import duckdb

    options = f"skip=1, header=true, all_varchar=true, delim='{delimiter}', quote='\"', escape='\"'"
    found = duckdb.connect().execute(f"select * from read_csv('{path}', {options})")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def table_with_polars(path, delimiter=","):
    import polars

    return polars.read_csv(path, separator=delimiter, skip_lines=1, infer_schema=False).to_dicts()


# Of the document each gives the runs with these, texts for what is not finite.
def document_with_pandas(path):
    import pandas

    runs = pandas.json_normalize(json.loads(path.read_text())["runs"]).astype(object)
    runs = runs.where(runs.notna(), None)
    return [(run["id"], *(run.get(name) for name in DOCUMENT)) for run in runs.to_dict("records")]


def document_with_duckdb(path):
    import duckdb

    names = ", ".join("run." + ".".join(f'"{part}"' for part in name.split(".")) for name in DOCUMENT)
    reader = f"read_json('{path}', maximum_object_size=1000000000, sample_size=-1, maximum_depth=-1)"
    found = duckdb.connect().execute(f"select run.id, {names} from (select unnest(runs) as run from {reader})")
    # A column with numbers and texts is JSON: texts are quoted.
    bare = lambda value: json.loads(value) if isinstance(value, str) and value.startswith('"') else value
    return [tuple(map(bare, row)) for row in found.fetchall()]


def document_with_polars(path):
    import polars

    runs = polars.read_json(path, infer_schema_length=None)["runs"].explode().to_list()
    for run in runs:
        values = []
        for name in DOCUMENT:
            value = run
            for part in name.split("."):
                value = value and value.get(part)
            values.append(value)
        yield (run["id"], *values)


DOCUMENT = ["params.lr", "params.layers", "params.optimizer", "params.amp", "metrics.val_loss.last"]


def check_document(name, read):
    runs = list(read(FOLDER / "runs.json"))
    for found, run in zip(runs, expected_runs(), strict=True):
        assert found[0] == run["id"]
        for key, value in zip(DOCUMENT, found[1:]):
            wanted = run[key.split(".")[1]]
            if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
                value = float(number(value))
            assert same(wanted, value), (name, run["id"], key, wanted, value)
    print(f"{name}: {len(runs)} runs of the document read as they were written")


def defused(text):
    return "'" + text if text and text[0] in "=+-@" else text


def check_cells(name, found, wanted):
    """Texts of a table's cells: of numbers those that are finite."""
    for key, value in wanted.items():
        cell = found[key]
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, (int, float)):
            assert not math.isfinite(value) or float(cell) == value, (name, wanted, key, cell)
        else:
            assert cell == defused(value), (name, wanted, key, cell)


def check_tables(name, read):
    runs = read(FOLDER / "runs.csv")
    for found, run in zip(runs, expected_runs(), strict=True):
        keys = {"id": "id", "optimizer": "params.optimizer", "lr": "params.lr", "layers": "params.layers", "val_loss": "metrics.val_loss"}
        check_cells(name, found, {column: run[key] for key, column in keys.items()})
    points = read(FOLDER / "curves.csv")
    for found, wanted in zip(points, expected_curves(), strict=True):
        found = point({key: cell or "" for key, cell in found.items()})
        assert found[:4] == wanted[:4] and same(found[4], wanted[4]), (name, found, wanted)
    document = json.loads((FOLDER / "seen.json").read_text())["runs"]
    lines = read(FOLDER / "seen.tsv", "\t")
    for found, run in zip(lines, document, strict=True):
        params, loss = run["params"], number(run["metrics"]["loss"]["last"])
        wanted = {"id": run["id"], "params.lr": number(params.get("lr")), "params.kind": params.get("kind"), "metrics.loss": loss}
        check_cells(name, found, wanted)
    print(f"{name}: {len(runs)} runs and {len(points)} points of CSV, {len(lines)} lines of TSV read as they were written")


TIME = {"runs.parquet": "start", "curves.parquet": "time"}


def check(name, read, folder=FOLDER, roles=("params.", "metrics.")):
    moment = lambda value: value if value is None or isinstance(value, int) else millis(value)
    runs = read(folder / "runs.parquet")
    param, metric = roles
    for found, run in zip(runs, expected_runs(), strict=True):
        found["start"] = moment(found["start"])
        for key, value in run.items():
            column = {"id": "id", "start": "start", "val_loss": metric + "val_loss"}.get(key, param + key)
            assert same(value, found[column]), (name, run["id"], key, value, found[column])
    points = 0
    for found, (run, metric, step, time, value) in zip(read(folder / "curves.parquet"), expected_curves(), strict=True):
        assert (found["run"], found["metric"]) == (run, metric)
        assert same(step, found["step"]) and same(time, moment(found["time"])) and same(value, found["value"]), (found, step, time, value)
        points += 1
    print(f"{name}: {len(runs)} runs and {points} points of {folder.name} read as they were written")


def main():
    if not all((FOLDER / file).exists() for file in ["session.zip", "seen.tsv"]):
        sys.exit("there are no files yet: cargo test --lib files_for_other_programs")
    session = FOLDER / "session"
    with zipfile.ZipFile(FOLDER / "session.zip") as archive:
        archive.extractall(session)
    for name, package, read, read_table, read_document in [
        ("pandas", "pyarrow", with_pandas, table_with_pandas, document_with_pandas),
        ("DuckDB", "duckdb", with_duckdb, table_with_duckdb, document_with_duckdb),
        ("Polars", "polars", with_polars, table_with_polars, document_with_polars),
    ]:
        try:
            __import__(package)
        except ImportError:
            print(f"{name}: skipped, {package} is not installed")
            continue
        check(name, read)
        check(name, read, session, ("param.", "metric."))
        check_tables(name, read_table)
        check_document(name, read_document)


if __name__ == "__main__":
    main()
