"""Rows of a dedicated pool to a reader of the raw TDS stream: six columns, about 70 bytes."""
import os
import time

import pymssql

import world

ROWS = 1_000_000


def rows():
    host, port = os.environ["AXONITE_SQL_DEDICATED"].rsplit(":", 1)
    database = world.sql_pool()
    with pymssql.connect(server=host, port=port, user=f"{world.SQL_ADMIN}@{world.NAME}", password=world.SQL_PASSWORD, database=database, autocommit=True) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE dbo.n (i int)")
            cursor.execute("INSERT INTO dbo.n VALUES " + ",".join(f"({i})" for i in range(1000)))
            cursor.execute(
                "CREATE TABLE dbo.wide WITH (DISTRIBUTION = ROUND_ROBIN, HEAP) AS SELECT a.i * 1000 + b.i AS id, CAST(a.i AS bigint) AS big,"
                " CAST(b.i AS float) AS real_value, CAST(a.i AS decimal(18,2)) AS amount, CAST('2013-01-01' AS date) AS day,"
                " CAST('a text of some length' AS varchar(30)) AS label FROM dbo.n AS a CROSS JOIN dbo.n AS b"
            )
            begin = time.monotonic()
            cursor.execute("SELECT id, big, real_value, amount, day, label FROM dbo.wide")
            count = sum(1 for _ in cursor)
            elapsed = time.monotonic() - begin
    assert count == ROWS, count
    return {"unit": "1/s", "ours": round(count / elapsed), "peer": "pymssql's own limit", "theirs": 112000.0}
