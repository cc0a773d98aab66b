#!/usr/bin/env python3
"""Makes runs.parquet, a row a run, of what a tracker keeps, with DuckDB: on disk where memory does not hold it.

    with_duckdb.py --mlflow mlflow.db runs.parquet
    with_duckdb.py --mlflow postgresql://user@host/mlflow runs.parquet
    with_duckdb.py --optuna study.db runs.parquet
    with_duckdb.py --wandb runs.jsonl [--history 'history/*.parquet'] runs.parquet

Needs the packages duckdb and pyarrow.
"""

import argparse
import sqlite3
import tempfile

import duckdb
import pyarrow

TYPES = {"text": pyarrow.string(), "number": pyarrow.float64(), "whole": pyarrow.int64()}


def load(db, store, table, **columns):
    """Makes a table of DuckDB of a database's table: SQLite by Python's own module, else by DuckDB's extension."""
    names = ", ".join(columns)
    if "://" in store:
        db.execute(f"ATTACH IF NOT EXISTS '{store}' AS store (TYPE postgres, READ_ONLY)")
        db.execute(f"CREATE TEMP VIEW {table} AS SELECT {names} FROM store.{table}")
        return
    casts = ", ".join(f"CAST({name} AS TEXT)" if kind == "text" else name for name, kind in columns.items())
    # DuckDB asks for the batches in a thread of its own, one after another.
    sqlite = sqlite3.connect(f"file:{store}?mode=ro", uri=True, check_same_thread=False)
    rows = sqlite.execute(f"SELECT {casts} FROM {table}")
    schema = pyarrow.schema([(name, TYPES[kind]) for name, kind in columns.items()])

    def batches():
        while some := rows.fetchmany(50_000):
            arrays = [pyarrow.array(cells, kind) for cells, kind in zip(zip(*some), schema.types)]
            yield pyarrow.record_batch(arrays, schema=schema)

    reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
    db.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM reader")


def mlflow(db, store, _history):
    load(db, store, "experiments", experiment_id="text", name="text", lifecycle_stage="text")
    load(db, store, "runs", run_uuid="text", name="text", status="text", start_time="whole", end_time="whole",
         lifecycle_stage="text", experiment_id="text")
    load(db, store, "params", run_uuid="text", key="text", value="text")
    load(db, store, "tags", run_uuid="text", key="text", value="text")
    load(db, store, "latest_metrics", run_uuid="text", key="text", value="number", is_nan="whole")
    # Deleted runs stay in the database. A NaN is kept as 0 with a mark, an infinity as the greatest float.
    db.execute("""
        CREATE TEMP TABLE heads AS
        SELECT run_uuid AS run_id, runs.name, status, make_timestamp_ms(start_time) AS start_time,
            make_timestamp_ms(end_time) AS end_time, experiments.name AS "tags.experiment"
        FROM runs JOIN experiments USING (experiment_id)
        WHERE runs.lifecycle_stage = 'active' AND experiments.lifecycle_stage = 'active';
        CREATE TEMP VIEW texts AS
        SELECT run_uuid AS run_id, 'params.' || key AS name, value FROM params
        UNION ALL SELECT run_uuid, 'tags.' || key, value FROM tags WHERE NOT starts_with(key, 'mlflow.');
        CREATE TEMP VIEW numbers AS
        SELECT run_uuid AS run_id, 'metrics.' || key AS name,
            CASE WHEN CAST(is_nan AS INT) = 1 THEN 'nan'::DOUBLE
                 WHEN abs(value) > 1.797e308 THEN sign(value) * 'inf'::DOUBLE ELSE value END AS value
        FROM latest_metrics""")


def optuna(db, store, _history):
    load(db, store, "studies", study_id="whole", study_name="text")
    load(db, store, "trials", trial_id="whole", number="whole", study_id="whole", state="text",
         datetime_start="text", datetime_complete="text")
    load(db, store, "trial_params", trial_id="whole", param_name="text", param_value="number",
         distribution_json="text")
    load(db, store, "trial_values", trial_id="whole", objective="whole", value="number", value_type="text")
    load(db, store, "trial_user_attributes", trial_id="whole", key="text", value_json="text")
    # A categorical param is kept as the place of its choice.
    db.execute("""
        CREATE TEMP TABLE heads AS
        SELECT study_name || '/' || number AS run_id, state AS status,
            CAST(datetime_start AS TIMESTAMP) AS start_time, CAST(datetime_complete AS TIMESTAMP) AS end_time,
            study_name AS "tags.study", trial_id
        FROM trials JOIN studies USING (study_id);
        CREATE TEMP VIEW texts AS
        SELECT run_id, 'params.' || param_name AS name, coalesce(json_extract_string(distribution_json,
            '$.attributes.choices[' || CAST(param_value AS BIGINT) || ']'), CAST(param_value AS TEXT)) AS value
        FROM trial_params JOIN heads USING (trial_id)
        UNION ALL SELECT run_id, 'tags.' || key, json_extract_string(value_json, '$')
        FROM trial_user_attributes JOIN heads USING (trial_id);
        CREATE TEMP VIEW numbers AS
        SELECT run_id, CASE WHEN (SELECT max(objective) FROM trial_values) = 0 THEN 'metrics.value'
                ELSE 'metrics.values_' || objective END AS name,
            CASE value_type WHEN 'INF_POS' THEN 'inf'::DOUBLE WHEN 'INF_NEG' THEN '-inf'::DOUBLE
                ELSE value END AS value
        FROM trial_values JOIN heads USING (trial_id)""")


def wandb(db, path, history):
    # A run a line: id, name, state, created_at, group, config and summary.
    columns = "id: 'VARCHAR', name: 'VARCHAR', state: 'VARCHAR', created_at: 'VARCHAR', \"group\": 'VARCHAR', "
    columns = f"{{{columns} config: 'JSON', summary: 'JSON'}}"
    db.execute(f"""
        CREATE TEMP TABLE lines AS FROM read_json('{path}', format = 'newline_delimited', columns = {columns});
        CREATE TEMP TABLE heads AS
        SELECT id AS run_id, name, state AS status, CAST(created_at AS TIMESTAMPTZ) AS start_time, "group" FROM lines;
        CREATE TEMP TABLE leaves AS
        SELECT run_id, is_config, replace(fullkey[3:], '"', '') AS path, atom ->> '$' AS value
        FROM (SELECT id AS run_id, true AS is_config, config AS tree FROM lines
              UNION ALL SELECT id, false, summary FROM lines), json_tree(tree)
        WHERE atom IS NOT NULL AND NOT starts_with(path, '_');
        CREATE TEMP VIEW texts AS
        SELECT run_id, if(is_config, 'params.', 'tags.') || path AS name, value FROM leaves
        WHERE is_config OR try_cast(value AS DOUBLE) IS NULL;
        CREATE TEMP TABLE numbers AS
        SELECT run_id, 'metrics.' || path AS name, CAST(value AS DOUBLE) AS value FROM leaves
        WHERE NOT is_config AND try_cast(value AS DOUBLE) IS NOT NULL""")
    if history:
        add_extremes(db, history)


def add_extremes(db, history):
    """Of each curve its least and greatest value: what the summary, its last, does not say."""
    of = "read_parquet" if history.endswith(".parquet") else "read_json"
    # A file of an artifact is named after its run.
    rows = f"(SELECT parse_filename(filename, true) AS stem, * FROM {of}('{history}', union_by_name = true, filename = true))"
    kinds = {name: kind for name, kind, *_ in db.execute(f"DESCRIBE FROM {rows}").fetchall()}
    metrics = ", ".join(f'"{name}"' for name, kind in kinds.items()
                        if not name.startswith("_") and kind in ("DOUBLE", "FLOAT", "BIGINT", "INTEGER"))
    run = "run_id" if "run_id" in kinds else "stem"
    db.execute(f"""
        INSERT INTO numbers
        SELECT run, unnest(['metrics.' || key || '.min', 'metrics.' || key || '.max']), unnest([least, greatest])
        FROM (SELECT {run} AS run, key, min(value) AS least, max(value) AS greatest
              FROM (SELECT {run}, COLUMNS([{metrics.replace('"', "'")}])::DOUBLE FROM {rows})
              UNPIVOT (value FOR key IN ({metrics})) WHERE NOT isnan(value) GROUP BY ALL)""")


def write(db, out, compression):
    """Joins what was gathered to a row a run; texts that are all numbers become numbers."""
    db.execute("""
        CREATE TEMP TABLE texts_wide AS PIVOT texts ON name USING any_value(value) GROUP BY run_id;
        CREATE TEMP TABLE numbers_wide AS PIVOT numbers ON name USING any_value(value) GROUP BY run_id""")
    names = [name for name, *_ in db.execute("DESCRIBE texts_wide").fetchall()][1:]
    # Beyond 2^53 a float is another number: that is an id.
    tests = [f'count("{name}") = count(*) FILTER (abs(try_cast("{name}" AS DOUBLE)) < 9007199254740992)'
             for name in names if name.startswith("params.")]
    are_numbers = dict(zip((name for name in names if name.startswith("params.")),
                           db.execute(f"SELECT {', '.join(tests) or 1} FROM texts_wide").fetchone()))
    texts = [f'CAST("{name}" AS DOUBLE) AS "{name}"' if are_numbers.get(name) else f'"{name}"' for name in names]
    heads = [name for name, *_ in db.execute("DESCRIBE heads").fetchall()]
    heads = [f'heads."{name}"' for name in heads if name != "trial_id"]
    db.execute(f"""
        COPY (SELECT {', '.join(heads + texts)}, numbers_wide.* EXCLUDE (run_id)
              FROM heads LEFT JOIN texts_wide USING (run_id) LEFT JOIN numbers_wide USING (run_id)
              ORDER BY start_time, run_id)
        TO '{out}' (FORMAT parquet, COMPRESSION {compression}, ROW_GROUP_SIZE 100_000)""")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of = parser.add_mutually_exclusive_group(required=True)
    of.add_argument("--mlflow", metavar="DATABASE", help="an SQLite file, or a postgresql:// address")
    of.add_argument("--optuna", metavar="DATABASE", help="an SQLite file, or a postgresql:// address")
    of.add_argument("--wandb", metavar="JSONL", help="a run a line, with config and summary")
    parser.add_argument("--history", metavar="GLOB", help="W&B's histories, Parquet or JSON lines")
    parser.add_argument("--memory", default="2GB", help="how much DuckDB may take before it goes on on disk")
    parser.add_argument("--compression", default="snappy")
    parser.add_argument("out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as db:
        db.execute(f"SET memory_limit = '{asked.memory}'; SET temp_directory = '{spill}'; SET TimeZone = 'UTC'")
        db.execute("SET preserve_insertion_order = false")
        for read, store in ((mlflow, asked.mlflow), (optuna, asked.optuna), (wandb, asked.wandb)):
            if store:
                read(db, store, asked.history)
        write(db, asked.out, asked.compression)


if __name__ == "__main__":
    main()
