"""Statements on the dedicated pool, as its SQL login."""
import os

import pymssql

from world import SQL_PASSWORD, SQL_POOL, SQL_USER


def run_sql(world, *statements):
    """The rows of the last statement."""
    host, port = os.environ["AXONITE_SQL_DEDICATED"].rsplit(":", 1)
    login = f"{SQL_USER}@{world.workspace}"
    with pymssql.connect(server=host, port=port, user=login, password=SQL_PASSWORD, database=SQL_POOL, autocommit=True) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None
