"""The results as strangers read them, held against a computation made directly from the CSV files."""
import io
import os
import sys

import pandas

from . import names, provision, upload
from .console import line

QUERY = "SELECT airline, origin, [month], flights, delay_minutes FROM dbo.delays"


def expected():
    """(airline, origin, month) → (flights, minutes of delay), computed by pandas alone."""
    flights = pandas.read_csv(io.BytesIO(upload.csv_bytes("flights")), keep_default_na=False, na_values=["NA"])
    airlines = pandas.read_csv(io.BytesIO(upload.csv_bytes("airlines")))
    joined = flights.dropna(subset=["arr_delay"]).merge(airlines, on="carrier")
    groups = joined.groupby(["name", "origin", "month"])["arr_delay"].agg(["count", "sum"])
    return {key: (int(row["count"]), int(row["sum"])) for key, row in groups.iterrows()}


def by_pymssql():
    import pymssql

    host, port = os.environ["AXONITE_SQL_DEDICATED"].rsplit(":", 1)
    with pymssql.connect(server=host, port=port, user=names.SQL_ADMIN, password=provision.sql_password, database=names.POOL) as connection:
        with connection.cursor() as cursor:
            cursor.execute(QUERY)
            return {(a, o, m): (int(n), int(d)) for a, o, m, n, d in cursor.fetchall()}


def compare():
    wanted = expected()
    for reader in (by_pymssql,):
        got = reader()
        if got != wanted:
            different = {key for key in wanted.keys() | got.keys() if wanted.get(key) != got.get(key)}
            sys.exit(f"{reader.__name__}: {len(different)} of {len(wanted)} groups differ, for example {sorted(different)[:3]}")
        flights = sum(n for n, _ in got.values())
        line(f"{reader.__name__[3:]}: {len(got)} groups, {flights:,} flights, equal to the CSV files")
