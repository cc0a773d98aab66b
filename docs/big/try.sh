#!/bin/sh
# Makes runs, converts them with DuckDB and with Spark, and holds what the page's reader tells of the results against
# what was made: docs/big/try.sh [RUNS [FOLDER]]. PYTHON has duckdb, pyarrow and pyspark; INSPECT reads as the page does.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runs=${1:-100000}
folder=${2:-$(mktemp -d)}
PYTHON=${PYTHON:-python3}
INSPECT=${INSPECT:-"cargo run --quiet --release --manifest-path $here/../../Cargo.toml --bin inspect --"}

# Words of a command are kept apart on purpose.
# shellcheck disable=SC2086
agree() {
    what=$1
    path=$2
    shift 2
    columns=
    [ $# -eq 0 ] || columns="--columns $(echo "$@" | tr ' ' ',')"
    measured "read $what" $INSPECT $columns "$path" | "$PYTHON" "$here/check.py" "$runs" "$@"
}

measured() {
    "$PYTHON" "$here/measure.py" "$@"
}

echo "$runs runs in $folder"
measured "make" "$PYTHON" "$here/make.py" "$runs" "$folder"
measured "DuckDB, of a database" "$PYTHON" "$here/with_duckdb.py" --mlflow "$folder/mlflow.db" "$folder/duckdb.parquet"
measured "DuckDB, of JSON lines" "$PYTHON" "$here/with_duckdb.py" --wandb "$folder/runs.jsonl" "$folder/lines.parquet"
measured "Spark, of tables" "$PYTHON" "$here/with_spark.py" --mlflow "$folder/csv" "$folder/spark"
measured "Spark, of JSON lines" "$PYTHON" "$here/with_spark.py" --wandb "$folder/runs.jsonl" "$folder/spark-lines"
du -sk "$folder"/*

agree "DuckDB's, of a database" "$folder/duckdb.parquet"
agree "DuckDB's, of JSON lines" "$folder/lines.parquet"
agree "Spark's, of tables" "$folder"/spark/part-*.parquet
agree "Spark's, of JSON lines" "$folder"/spark-lines/part-*.parquet
agree "two columns of DuckDB's" "$folder/duckdb.parquet" lr val/loss
