"""The results as strangers read them, held against a computation made directly from the CSV files."""
import io
import os
import pathlib
import struct
import sys

import pandas

from . import identity, names, provision, upload
from .console import line

POOL_QUERY = "SELECT airline, origin, [month], flights, delay_minutes FROM dbo.delays"
LAKE_URL = f"https://{names.LAKE}.dfs.core.windows.net"
PARQUET_QUERY = f"""
SELECT a.[name] AS airline, f.origin, f.[month], COUNT(*) AS flights, SUM(f.arr_delay) AS delay_minutes
FROM OPENROWSET(BULK '{LAKE_URL}/staged/flights/*.parquet', FORMAT = 'PARQUET') AS f
JOIN OPENROWSET(BULK '{LAKE_URL}/staged/airlines/*.parquet', FORMAT = 'PARQUET') AS a ON a.carrier = f.carrier
WHERE f.arr_delay IS NOT NULL
GROUP BY a.[name], f.origin, f.[month]"""
DELTA_QUERY = f"""
SELECT airline, origin, [month], flights, delay_minutes
FROM OPENROWSET(BULK '{LAKE_URL}/gold/delays/', FORMAT = 'DELTA') AS d"""
DELTA_TABLE = f"abfss://gold@{names.LAKE}.dfs.core.windows.net/delays"
TOKEN_ATTRIBUTE = 1256  # SQL_COPT_SS_ACCESS_TOKEN


def expected():
    """(airline, origin, month) → (flights, minutes of delay), computed by pandas alone."""
    flights = pandas.read_csv(io.BytesIO(upload.csv_bytes("flights")), keep_default_na=False, na_values=["NA"])
    airlines = pandas.read_csv(io.BytesIO(upload.csv_bytes("airlines")))
    joined = flights.dropna(subset=["arr_delay"]).merge(airlines, on="carrier")
    groups = joined.groupby(["name", "origin", "month"])["arr_delay"].agg(["count", "sum"])
    return {(a, o, int(m)): (int(row["count"]), int(row["sum"])) for (a, o, m), row in groups.iterrows()}


def _port(variable):
    return os.environ[variable].rsplit(":", 1)[1]


def _groups(connection, query):
    cursor = connection.cursor()
    cursor.execute(query)
    groups = {(a, o, m): (int(n), int(d)) for a, o, m, n, d in cursor.fetchall()}
    connection.close()
    return groups


def _pymssql(variable, database, query):
    import pymssql

    return _groups(
        pymssql.connect(server="localhost", port=_port(variable), user=names.SQL_ADMIN, password=provision.sql_password, database=database), query
    )


def _driver_string():
    return f"Server=localhost,{_port('AXONITE_SQL_DEDICATED')};Database={names.POOL};Encrypt=yes;TrustServerCertificate=no;"


def _login():
    return f"UID={names.SQL_ADMIN};PWD={provision.sql_password};"


def _token():
    """The access token as the Microsoft driver takes it: UTF-16 with its length before it."""
    token = identity.owner.get_token("https://database.windows.net/.default").token.encode("utf-16-le")
    return {TOKEN_ATTRIBUTE: struct.pack(f"<I{len(token)}s", len(token), token)}


def _odbc(login, attributes):
    import mssql_python_odbc
    import pyodbc

    driver = next(pathlib.Path(mssql_python_odbc.get_libs_dir()).glob("linux/debian_ubuntu/*/lib/libmsodbcsql-18*"))
    return _groups(pyodbc.connect(f"Driver={driver};" + _driver_string() + login, attrs_before=attributes), POOL_QUERY)


def _mssql_python(login, attributes):
    import mssql_python

    return _groups(mssql_python.connect(_driver_string() + login, attrs_before=attributes), POOL_QUERY)


def _rows(frame):
    return {(row.airline, row.origin, int(row.month)): (int(row.flights), int(row.delay_minutes)) for row in frame.itertuples()}


def _pyspark(deployer):
    from pyspark.sql import SparkSession

    token = deployer.credential.get_token("https://dev.azuresynapse.net/.default").token
    spark = SparkSession.builder.remote(f"{os.environ['AXONITE_SPARK']}/;token={token}").create()
    frame = spark.read.format("delta").load(DELTA_TABLE).toPandas()
    spark.stop()
    return _rows(frame)


def _deltalake(deployer):
    from deltalake import DeltaTable

    options = {
        "azure_storage_account_name": names.LAKE,
        "azure_tenant_id": names.TENANT,
        "azure_client_id": deployer.client_id,
        "azure_client_secret": deployer.secret,
    }
    return _rows(DeltaTable(DELTA_TABLE, storage_options=options).to_pandas())


READERS = {
    "pymssql, SQL login": lambda _: _pymssql("AXONITE_SQL_DEDICATED", names.POOL, POOL_QUERY),
    "mssql-python, SQL login": lambda _: _mssql_python(_login(), None),
    "mssql-python, Entra token": lambda _: _mssql_python("", _token()),
    "ODBC driver 18, SQL login": lambda _: _odbc(_login(), {}),
    "ODBC driver 18, Entra token": lambda _: _odbc("", _token()),
    "serverless, OPENROWSET over Parquet": lambda _: _pymssql("AXONITE_SQL_SERVERLESS", "master", PARQUET_QUERY),
    "serverless, OPENROWSET over Delta": lambda _: _pymssql("AXONITE_SQL_SERVERLESS", "master", DELTA_QUERY),
    "pyspark-client, Entra token": _pyspark,
    "deltalake (delta-rs), client secret": _deltalake,
}


def compare(deployer):
    wanted = expected()
    for reader in READERS:
        compare_one(reader, wanted, deployer)
    return wanted


def compare_one(reader, wanted, deployer):
    got = READERS[reader](deployer)
    if got != wanted:
        different = {key for key in wanted.keys() | got.keys() if wanted.get(key) != got.get(key)}
        sys.exit(f"{reader}: {len(different)} of {len(wanted)} groups differ, for example {sorted(different)[:3]}")
    line(f"{reader:<36}{len(got)} groups, {sum(n for n, _ in got.values()):,} flights, equal to the CSV files")
