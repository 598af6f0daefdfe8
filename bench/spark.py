"""Spark Connect through pyspark-client, here and at Sail: small queries and a result of a million rows."""
import statistics
import time

import peers
import world
from pyspark.sql import SparkSession

ROWS = 1_000_000
COLUMNS = ["id AS a", "id * 2 AS b", "id % 7 AS c", "CAST(id AS INT) AS d", "id / 3 AS e", "CAST(id AS DOUBLE) AS f", "id % 2 = 0 AS g", "concat('row ', id) AS h", "concat('group ', id % 100) AS i", "-id AS j"]


def measure(work, runs, best=statistics.median):
    for _ in range(3):
        work()
    samples = []
    for _ in range(runs):
        begin = time.monotonic()
        work()
        samples.append((time.monotonic() - begin) * 1000)
    return round(best(samples), 2)


def side_by_side(work_of, runs):
    """Both servers at once, so that both meet the same machine; each is asked while the other is idle."""
    ours = SparkSession.builder.remote(world.spark_remote()).create()
    with peers.Sail() as sail:
        theirs = SparkSession.builder.remote(sail.remote).create()
        result = {"unit": "ms", "ours": measure(work_of(ours), runs), "peer": f"Sail {peers.SAIL_VERSION}", "theirs": measure(work_of(theirs), runs)}
        theirs.stop()
    ours.stop()
    return result


def range_count():
    return side_by_side(lambda spark: lambda: spark.range(10).count(), 300)


def select_1():
    return side_by_side(lambda spark: lambda: spark.sql("SELECT 1").collect(), 300)


def to_pandas():
    def work(spark):
        frame = spark.range(ROWS).selectExpr(*COLUMNS)

        def run():
            assert len(frame.toPandas()) == ROWS

        return run

    return side_by_side(work, 5)
