#!/usr/bin/env python3
"""Makes runs.parquet, a row a run, of what a tracker keeps, with Spark; a folder of parts where there are many.

    with_spark.py --mlflow FOLDER runs.parquet             CSV or Parquet files of MLflow's tables
    with_spark.py --mlflow jdbc:postgresql://… runs.parquet
    with_spark.py --wandb 'runs/*.jsonl' runs.parquet      a run a line, with config and summary

Needs pyspark and Java. Without a cluster it runs on this machine's cores; with one, start it by spark-submit.
"""

import argparse
import os

from pyspark.sql import SparkSession
from pyspark.sql import functions as f


def table(spark, store, name):
    if store.startswith("jdbc:"):
        return spark.read.jdbc(store, name)
    path = os.path.join(store, name)
    if os.path.exists(f"{path}.csv"):
        return spark.read.csv(f"{path}.csv", header=True, escape='"', multiLine=True)
    return spark.read.parquet(f"{path}.parquet")


def mlflow(spark, store):
    """The runs, their texts and their numbers; the last two with columns run_id, name and value."""
    experiments = table(spark, store, "experiments").where("lifecycle_stage = 'active'")
    runs = table(spark, store, "runs").where("lifecycle_stage = 'active'").join(
        experiments.selectExpr("experiment_id", "name AS experiment"), "experiment_id")
    heads = runs.selectExpr(
        "run_uuid AS run_id", "name", "status", "timestamp_millis(cast(start_time AS bigint)) AS start_time",
        "timestamp_millis(cast(end_time AS bigint)) AS end_time", "experiment AS `tags.experiment`")
    params = table(spark, store, "params").selectExpr("run_uuid AS run_id", "'params.' || key AS name", "value")
    tags = table(spark, store, "tags").where("NOT startswith(key, 'mlflow.')")
    tags = tags.selectExpr("run_uuid AS run_id", "'tags.' || key AS name", "value")
    # A NaN is kept as 0 with a mark, an infinity as the greatest float.
    numbers = table(spark, store, "latest_metrics").selectExpr(
        "run_uuid AS run_id", "'metrics.' || key AS name",
        """CASE WHEN lower(cast(is_nan AS string)) IN ('1', 'true') THEN double('NaN')
           WHEN abs(double(value)) > 1.797e308D THEN sign(double(value)) * double('Infinity')
           ELSE double(value) END AS value""")
    return heads, params.union(tags), numbers


def wandb(spark, path):
    lines = spark.read.json(path, allowNonNumericNumbers=True)
    heads = lines.selectExpr(
        "id AS run_id", "name", "state AS status", "to_timestamp(created_at) AS start_time", "`group`")
    texts, numbers = [], []
    for whole, prefix in (("config", "params."), ("summary", "metrics.")):
        for path, kind in leaves(lines.schema[whole].dataType):
            cell = f.col(".".join(f"`{part}`" for part in [whole, *path]))
            is_number = prefix == "metrics." and kind in ("double", "bigint")
            name = f.lit((prefix if is_number or prefix == "params." else "tags.") + ".".join(path))
            (numbers if is_number else texts).append((name, cell.cast("double" if is_number else "string")))
    return heads, longer(lines, texts, "string"), longer(lines, numbers, "double")


def leaves(schema, before=()):
    """Paths and kinds of what a nested record holds; W&B's own begin with _."""
    for field in schema.fields:
        if field.dataType.typeName() == "struct":
            yield from leaves(field.dataType, (*before, field.name))
        elif before or not field.name.startswith("_"):
            yield (*before, field.name), field.dataType.simpleString()


def longer(lines, cells, kind):
    pairs = [f.struct(name.alias("name"), cell.alias("value")) for name, cell in cells]
    empty = f"array<struct<name:string,value:{kind}>>"
    long = lines.select(f.col("id").alias("run_id"), f.explode(f.array(*pairs).cast(empty)).alias("pair"))
    return long.select("run_id", "pair.name", "pair.value").where("value IS NOT NULL")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of = parser.add_mutually_exclusive_group(required=True)
    of.add_argument("--mlflow", metavar="STORE")
    of.add_argument("--wandb", metavar="JSONL")
    parser.add_argument("--parts", type=int, default=1, help="how many files")
    parser.add_argument("out")
    asked = parser.parse_args()
    spark = SparkSession.builder.appName("runs").config("spark.sql.session.timeZone", "UTC")
    spark = spark.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    # Times as everyone reads them, and as many columns as there are.
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    spark.conf.set("spark.sql.pivotMaxValues", 100_000)
    heads, texts, numbers = mlflow(spark, asked.mlflow) if asked.mlflow else wandb(spark, asked.wandb)
    wide = heads
    # Beyond 2^53 a float is another number: that is an id.
    are_numbers = texts.where("startswith(name, 'params.')").groupBy("name").agg(
        f.expr("every(coalesce(abs(try_cast(value AS double)) < 9007199254740992, false))").alias("are"))
    are_numbers = {row.name for row in are_numbers.collect() if row.are}
    for long in (texts, numbers):
        names = sorted(row.name for row in long.select("name").distinct().collect())
        wider = long.groupBy("run_id").pivot("name", names).agg(f.first("value"))
        cells = [f.col(f"`{name}`").cast("double") if name in are_numbers else f.col(f"`{name}`") for name in names]
        wide = wide.join(wider.select("run_id", *(cell.alias(name) for cell, name in zip(cells, names))), "run_id", "left")
    # Sorted within each part, which needs no look at the whole before it.
    wide = wide.repartitionByRange(asked.parts, "start_time").sortWithinPartitions("start_time", "run_id")
    wide.write.mode("overwrite").parquet(asked.out)


if __name__ == "__main__":
    main()
