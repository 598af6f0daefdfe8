"""Dedicated SQL pools over TDS: pymssql (FreeTDS), mssql-python and pyodbc (both with Microsoft's ODBC driver)."""
import base64
import contextlib
import datetime
import decimal
import io
import json
import os
import pathlib
import struct
import uuid

import mssql_python
import mssql_python_odbc
import pyarrow
import pyarrow.parquet
import pymssql
import pyodbc
import pytest
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import DataLakeStorageAccountDetails, ManagedIdentity, Sku, SqlPool, Workspace, WorkspaceAadAdminInfo
from azure.storage.filedatalake import DataLakeServiceClient

PORT = os.environ["AXONITE_SQL_DEDICATED"].rsplit(":", 1)[1]
PASSWORD = "Px;not}for{anybody-1"
POOL = "Pool" + uuid.uuid4().hex[:8]  # a name of its own: local addresses do not say the workspace
ACCESS_TOKEN = 1256  # SQL_COPT_SS_ACCESS_TOKEN
DATA_READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"  # Storage Blob Data Reader
DRIVER = next(p for p in sorted(pathlib.Path(mssql_python_odbc.__file__).parent.glob("libs/linux/*/x86_64/lib/libmsodbcsql-*")) if "debian" in str(p))


def claims(credential, scope):
    payload = credential.get_token(scope).token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Azure:
    """A group with a storage account, a workspace whose administrator is "boss" and the owner, and a pool."""

    def __init__(self, owner, subscription_id):
        self.owner = owner
        self.name = "w" + uuid.uuid4().hex[:12]
        self.account = "st" + uuid.uuid4().hex[:12]
        self.groups = ResourceManagementClient(owner, subscription_id, retry_total=0).resource_groups
        self.group = self.groups.create_or_update(self.name, {"location": "westeurope"})
        StorageManagementClient(owner, subscription_id, retry_total=0).storage_accounts.begin_create(
            self.name, self.account, {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {"isHnsEnabled": True}}
        ).result()
        self.synapse = SynapseManagementClient(owner, subscription_id, retry_total=0)
        self.workspace = self.synapse.workspaces.begin_create_or_update(
            self.name,
            self.name,
            Workspace(
                location="westeurope",
                identity=ManagedIdentity(type="SystemAssigned"),
                default_data_lake_storage=DataLakeStorageAccountDetails(account_url=f"https://{self.account}.dfs.core.windows.net", filesystem="raw"),
                sql_administrator_login="boss",
                sql_administrator_login_password=PASSWORD,
            ),
        ).result()
        self.synapse.sql_pools.begin_create(self.name, self.name, POOL, SqlPool(location="westeurope", sku=Sku(name="DW100c"))).result()
        me = claims(owner, "https://database.windows.net/.default")
        self.synapse.workspace_aad_admins.begin_create_or_update(
            self.name, self.name, WorkspaceAadAdminInfo(tenant_id=me["tid"], login="owner", administrator_type="ServicePrincipal", sid=me["oid"])
        ).result()
        self.roles = AuthorizationManagementClient(owner, subscription_id)
        self.subscription_id = subscription_id

    def let_the_lake_be_written(self):
        self.assign("ba92f5b4-2d11-453d-a403-e96b0029c9fe", claims(self.owner, "https://storage.azure.com/.default")["oid"])  # … Contributor

    def assign(self, role, principal):
        definition = f"/subscriptions/{self.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        self.roles.role_assignments.create(
            self.group.id, str(uuid.uuid4()), {"role_definition_id": definition, "principal_id": principal, "principal_type": "ServicePrincipal"}
        )


@pytest.fixture(scope="module")
def azure(owner, subscription_id):
    made = Azure(owner, subscription_id)
    yield made
    made.groups.begin_delete(made.name).result()


def packed(token):
    text = token.encode("utf-16-le")
    return struct.pack("<I", len(text)) + text


def odbc_text(**changes):
    given = {"Server": f"localhost,{PORT}", "Database": POOL, "Encrypt": "yes", "UID": "boss", "PWD": "{" + PASSWORD.replace("}", "}}") + "}"} | changes
    return ";".join(f"{key}={value}" for key, value in given.items() if value is not None)


def with_pymssql(password=PASSWORD, database=POOL, user="boss"):
    return pymssql.connect(server="localhost", port=PORT, user=user, password=password, database=database, encryption="require")


def with_pyodbc(password=None, database=POOL, user="boss", **changes):
    if password:
        changes["PWD"] = password
    return pyodbc.connect(odbc_text(Driver=str(DRIVER), Database=database, UID=user, **changes))


def with_mssql_python(password=None, database=POOL, user="boss"):
    changes = {"PWD": password} if password else {}
    return mssql_python.connect(odbc_text(Database=database, UID=user, **changes))


def token_of(credential, scope="https://database.windows.net/.default"):
    return {ACCESS_TOKEN: packed(credential.get_token(scope).token)}


def pyodbc_with_token(attributes):
    return pyodbc.connect(odbc_text(Driver=str(DRIVER), UID=None, PWD=None), attrs_before=attributes)


def mssql_python_with_token(attributes):
    return mssql_python.connect(odbc_text(UID=None, PWD=None), attrs_before=attributes)


CLIENTS = {"pymssql": with_pymssql, "pyodbc": with_pyodbc, "mssql_python": with_mssql_python}
TOKEN_CLIENTS = {"pyodbc": pyodbc_with_token, "mssql_python": mssql_python_with_token}
ERRORS = (pymssql.Error, pyodbc.Error, mssql_python.Error)


@pytest.fixture(params=CLIENTS)
def connect(request, azure):
    return CLIENTS[request.param]


@pytest.fixture
def connection(connect):
    made = connect()
    yield made
    with contextlib.suppress(Exception):
        made.close()


@pytest.fixture
def marker(connection):
    """How this client writes a parameter."""
    return "%s" if isinstance(connection, pymssql.Connection) else "?"


def number_of(caught, number):
    """Whether the error carries SQL Server's number; mssql-python passes on the driver's text alone."""
    text = str(caught.value) + repr(getattr(caught.value, "args", ""))
    return str(number) in text


def one(connection, sql, *parameters):
    cursor = connection.cursor()
    cursor.execute(sql, tuple(parameters)) if parameters else cursor.execute(sql)
    row = cursor.fetchone()
    cursor.close()
    return row[0] if len(row) == 1 else tuple(row)


def run(connection, sql):
    cursor = connection.cursor()
    cursor.execute(sql)
    cursor.close()


def test_a_sql_login_sees_its_pool(azure, connection):
    assert one(connection, "SELECT DB_NAME()") == POOL
    assert one(connection, "SELECT SUSER_SNAME()") == "boss"
    assert "Azure" in one(connection, "SELECT @@VERSION")
    assert one(connection, "SELECT CAST(SERVERPROPERTY('EngineEdition') AS int)") == 6


@pytest.mark.parametrize("client", TOKEN_CLIENTS)
def test_the_entra_administrator_logs_in_with_a_token(azure, owner, client):
    connection = TOKEN_CLIENTS[client](token_of(owner))
    assert one(connection, "SELECT 1 + 1") == 2
    connection.close()


@pytest.mark.parametrize("client", TOKEN_CLIENTS)
def test_a_token_for_another_service_is_refused(azure, owner, client):
    with pytest.raises(ERRORS) as caught:
        TOKEN_CLIENTS[client](token_of(owner, "https://storage.azure.com/.default"))
    assert number_of(caught, 18456) or "Login failed" in str(caught.value)


# Before the wrong passwords: pymssql remembers an error of a higher severity from one connection to the next.
def test_an_unknown_database_is_refused(azure, connect):
    with pytest.raises(ERRORS) as caught:
        connect(database="NoSuchPool", user=f"boss@{azure.name}")
    assert number_of(caught, 4060) or "Cannot open database" in str(caught.value)


def test_a_wrong_password_is_refused(connect):
    with pytest.raises(ERRORS) as caught:
        connect(password="not-the-password")
    assert number_of(caught, 18456) or "Login failed for user 'boss'" in str(caught.value)


def test_a_certificate_of_another_name_is_refused(azure):
    with pytest.raises(pyodbc.Error, match="(?i)certificate|host ?name|subject name"):
        with_pyodbc(Server=f"127.0.0.1,{PORT}", HostnameInCertificate="other.example")


def test_strict_encryption_works(azure):
    connection = with_pyodbc(Encrypt="strict")
    assert one(connection, "SELECT 'inside TLS'") == "inside TLS"
    connection.close()


VALUES = {
    "bit": ("CAST(1 AS bit)", True),
    "tinyint": ("CAST(255 AS tinyint)", 255),
    "smallint": ("CAST(-32768 AS smallint)", -32768),
    "int": ("CAST(-2147483648 AS int)", -2147483648),
    "bigint": ("CAST(9223372036854775807 AS bigint)", 9223372036854775807),
    "decimal": ("CAST('-12345678901234567890.1234567890' AS decimal(38,10))", decimal.Decimal("-12345678901234567890.1234567890")),
    "money": ("CAST('-922337203685477.5808' AS money)", decimal.Decimal("-922337203685477.5808")),
    "smallmoney": ("CAST(214748.3647 AS smallmoney)", decimal.Decimal("214748.3647")),
    "float": ("CAST(1.7976931348623157E308 AS float)", 1.7976931348623157e308),
    "real": ("CAST(0.5 AS real)", 0.5),
    "nvarchar": ("N'Grüße 日本 😀'", "Grüße 日本 😀"),
    "varchar": ("CAST('café €' AS varchar(20))", "café €"),
    "char": ("CAST('ab' AS char(4))", "ab  "),
    "max": ("REPLICATE(CAST(N'x' AS nvarchar(max)), 20000)", "x" * 20000),
    "empty": ("N''", ""),
    "varbinary": ("CAST(0x00FF10 AS varbinary(8))", b"\x00\xff\x10"),
    "date": ("CAST('0001-01-01' AS date)", datetime.date(1, 1, 1)),
    "time": ("CAST('23:59:59.123456' AS time(6))", datetime.time(23, 59, 59, 123456)),
    "datetime": ("CAST('2026-02-28T23:59:59.997' AS datetime)", datetime.datetime(2026, 2, 28, 23, 59, 59, 997000)),
    "smalldatetime": ("CAST('2079-06-06T23:59:00' AS smalldatetime)", datetime.datetime(2079, 6, 6, 23, 59)),
    "datetime2": ("CAST('9999-12-31T23:59:59.123456' AS datetime2(6))", datetime.datetime(9999, 12, 31, 23, 59, 59, 123456)),
    "uniqueidentifier": ("CAST('00112233-4455-6677-8899-AABBCCDDEEFF' AS uniqueidentifier)", uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")),
    "null": ("CAST(NULL AS int)", None),
    "null_text": ("CAST(NULL AS nvarchar(10))", None),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_arrive_as_they_are(connection, kind):
    sql, wanted = VALUES[kind]
    got = one(connection, "SELECT " + sql)
    if isinstance(wanted, uuid.UUID):
        got = uuid.UUID(str(got))
    assert got == wanted and isinstance(got, type(wanted))


def test_datetimeoffset_keeps_its_offset(azure):
    connection = with_mssql_python()
    got = one(connection, "SELECT CAST('2026-01-02T03:04:05.123456+05:30' AS datetimeoffset(6))")
    assert got == datetime.datetime(2026, 1, 2, 3, 4, 5, 123456, datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
    assert got.utcoffset() == datetime.timedelta(hours=5, minutes=30)
    connection.close()


def test_transactions_commit_and_roll_back(connection, connect, unique):
    run(connection, f"CREATE TABLE {unique} (n int NOT NULL)")
    connection.commit()
    run(connection, f"INSERT INTO {unique} VALUES (1)")
    connection.rollback()
    run(connection, f"INSERT INTO {unique} VALUES (2)")
    connection.commit()
    other = connect()
    assert one(other, f"SELECT COUNT(*), MAX(n) FROM {unique}") == (1, 2)
    other.close()
    run(connection, f"DROP TABLE {unique}")
    connection.commit()


def test_temporary_tables_belong_to_their_session(connection, connect):
    run(connection, "CREATE TABLE #mine (n int)")
    run(connection, "INSERT INTO #mine VALUES (7)")
    assert one(connection, "SELECT n FROM #mine") == 7
    other = connect()
    with pytest.raises(ERRORS) as caught:
        one(other, "SELECT n FROM #mine")
    assert number_of(caught, 208) or "Invalid object name" in str(caught.value)
    other.close()


def test_parameters_travel_typed(connection, marker):
    given = (1, 2**40, "Größe", decimal.Decimal("12.50"), datetime.datetime(2026, 1, 2, 3, 4, 5), datetime.date(2026, 1, 2), 0.25, b"\x00\x01")
    names = ("int", "bigint", "nvarchar(20)", "decimal(9,2)", "datetime2(0)", "date", "float", "varbinary(8)")
    got = one(connection, "SELECT " + ", ".join(f"CAST({marker} AS {name})" for name in names), *given)
    assert got == given


def test_a_prepared_insert_runs_for_many_rows(connection, marker, unique):
    run(connection, f"CREATE TABLE {unique} (n int NOT NULL, name nvarchar(20) NULL, price decimal(9,2) NULL)")
    rows = [(i, f"Name {i}" if i % 3 else None, decimal.Decimal(i) / 4) for i in range(50)]
    cursor = connection.cursor()
    cursor.executemany(f"INSERT INTO {unique} VALUES ({marker}, {marker}, {marker})", rows)
    cursor.execute(f"SELECT n, name, price FROM {unique} WHERE n >= {marker} ORDER BY n", (10,))
    assert [tuple(row) for row in cursor.fetchall()] == rows[10:]
    cursor.close()
    connection.rollback()


def test_a_cursor_counts_the_rows_it_changed(connection, unique):
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE {unique} (n int)")
    cursor.execute(f"INSERT INTO {unique} SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
    assert cursor.rowcount == 3
    cursor.execute(f"DELETE FROM {unique} WHERE n > 1")
    assert cursor.rowcount == 2
    connection.rollback()


def test_a_session_is_seen_and_can_be_killed(azure, connect):
    mine, other = connect(), connect()
    spid = one(other, "SELECT @@SPID")
    assert one(mine, f"SELECT COUNT(*) FROM sys.dm_pdw_exec_requests WHERE session_id = 'SID{spid}' AND status = 'Completed' AND command LIKE '%@@SPID%'") >= 1
    run(mine, f"KILL 'SID{spid}'")
    with pytest.raises(Exception):
        one(other, "SELECT 1")
    assert one(mine, "SELECT 1") == 1
    with pytest.raises(Exception) as caught:
        run(mine, "KILL 32000")
    assert "is not an active process ID" in str(caught.value)
    for connection in (mine, other):
        with contextlib.suppress(Exception):
            connection.close()


@pytest.mark.parametrize("sql, number, text", [("SELECT 1 +", 102, "Incorrect syntax"), ("SELECT * FROM no_such_table", 208, "Invalid object name"),
                                               ("SELECT 1 / 0", 8134, "Divide by zero"), ("SELECT no_such_column FROM sys.tables", 207, "Invalid column name")])
def test_errors_have_their_numbers(connection, sql, number, text):
    with pytest.raises(ERRORS) as caught:
        cursor = connection.cursor()
        cursor.execute(sql)
        cursor.fetchall()
    assert text in str(caught.value)
    if not isinstance(connection, mssql_python.Connection):
        assert number_of(caught, number)
    connection.rollback()
    assert one(connection, "SELECT 1") == 1


def test_a_large_result_arrives_whole(connection):
    numbers = "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM t a CROSS JOIN t b CROSS JOIN t c CROSS JOIN t d"
    tens = "WITH t AS (" + " UNION ALL ".join(f"SELECT {i} AS n" for i in range(10)) + ") "
    cursor = connection.cursor()
    cursor.execute(tens + f"SELECT n, CAST(n AS nvarchar(20)) AS text FROM ({numbers}) AS x ORDER BY n")
    assert [tuple(row) for row in cursor.fetchall()] == [(n, str(n)) for n in range(10_000)]


def test_an_unread_result_does_not_disturb_the_next(azure):
    connection = with_pymssql()
    cursor = connection.cursor()
    cursor.execute("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
    assert cursor.fetchone()
    cursor.execute("SELECT 4")
    assert cursor.fetchall() == [(4,)]
    connection.close()


def test_the_odbc_catalog_lists_tables_and_columns(azure, unique):
    connection = with_pyodbc()
    run(connection, f"CREATE TABLE {unique} (n int NOT NULL, name nvarchar(20) NULL, price decimal(9,2) NULL)")
    connection.commit()
    cursor = connection.cursor()
    assert [(t.table_schem, t.table_name, t.table_type) for t in cursor.tables(table=unique)] == [("dbo", unique, "TABLE")]
    columns = cursor.columns(table=unique).fetchall()
    assert [(c.column_name, c.type_name, c.column_size, c.decimal_digits, c.nullable) for c in columns] == [
        ("n", "int", 10, 0, 0), ("name", "nvarchar", 20, None, 1), ("price", "decimal", 9, 2, 1)]
    assert {t.type_name for t in cursor.getTypeInfo(pyodbc.SQL_INTEGER)} == {"int"}
    run(connection, f"DROP TABLE {unique}")
    connection.commit()
    connection.close()


def test_copy_into_reads_with_the_workspace_identity(azure, unique):
    azure.let_the_lake_be_written()
    table = pyarrow.table({"n": pyarrow.array([1, 2, 3], pyarrow.int32()), "name": ["a", None, "ü"]})
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer)
    lake = DataLakeServiceClient(f"https://{azure.account}.dfs.core.windows.net", credential=azure.owner, retry_total=0)
    lake.create_file_system(unique).get_file_client("in/part.parquet").upload_data(buffer.getvalue(), overwrite=True)
    connection = with_pyodbc()
    connection.autocommit = True
    run(connection, f"CREATE TABLE {unique} (n int NOT NULL, name nvarchar(20) NULL)")
    copy = (f"COPY INTO {unique} FROM 'https://{azure.account}.dfs.core.windows.net/{unique}/in/*.parquet' "
            "WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))")
    with pytest.raises(pyodbc.Error):
        run(connection, copy)
    assert one(connection, f"SELECT COUNT(*) FROM {unique}") == 0
    azure.assign(DATA_READER, azure.workspace.identity.principal_id)
    run(connection, copy)
    cursor = connection.cursor()
    assert [tuple(row) for row in cursor.execute(f"SELECT n, name FROM {unique} ORDER BY n").fetchall()] == [(1, "a"), (2, None), (3, "ü")]
    connection.close()
