"""Spark Connect through pyspark-client, unmodified: what notebooks do, and what must be refused."""
import datetime
import decimal
import json
import os
import threading
import time
import uuid

import grpc
import pytest
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.filedatalake import DataLakeServiceClient

pyspark = pytest.importorskip("pyspark")
from pyspark.errors import AnalysisException, ParseException, PySparkException  # noqa: E402
from pyspark.errors.exceptions.connect import SparkConnectException, SparkConnectGrpcException  # noqa: E402
from pyspark.sql import Row, SparkSession, Window, functions as F  # noqa: E402

ADDRESS = os.environ.get("AXONITE_SPARK", "sc://localhost:15002")
SCOPE = "https://dev.azuresynapse.net/.default"


def connect(credential, scope=SCOPE):
    token = credential.get_token(scope).token
    return SparkSession.builder.remote(f"{ADDRESS}/;token={token}").create()


@pytest.fixture(scope="module")
def spark():
    session = connect(DefaultAzureCredential())
    yield session
    session.stop()


@pytest.fixture(scope="module")
def container(owner, subscription_id):
    """An abfss:// folder of a storage account whose data the owner may read and write."""
    name = "sp" + uuid.uuid4().hex[:12]
    ResourceManagementClient(owner, subscription_id).resource_groups.create_or_update("spark-tests", {"location": "westeurope"})
    client = StorageManagementClient(owner, subscription_id)
    client.storage_accounts.begin_create(
        "spark-tests", name, {"location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {"isHnsEnabled": True}}
    ).result()
    key = client.storage_accounts.list_keys("spark-tests", name)["keys"][0]["value"]
    DataLakeServiceClient(f"https://{name}.dfs.core.windows.net", credential=key).create_file_system("raw")
    scope = f"/subscriptions/{subscription_id}/resourceGroups/spark-tests/providers/Microsoft.Storage/storageAccounts/{name}"
    grant(owner, subscription_id, scope)
    yield f"abfss://raw@{name}.dfs.core.windows.net"
    client.storage_accounts.delete("spark-tests", name)


def grant(owner, subscription_id, scope):
    import base64

    import requests

    token = owner.get_token("https://management.azure.com/.default").token
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"  # Storage Blob Data Contributor
    answer = requests.put(
        f"https://management.azure.com{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}?api-version=2022-04-01",
        json={"properties": {"roleDefinitionId": f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{contributor}", "principalId": claims["oid"], "principalType": "ServicePrincipal"}},
        headers={"Authorization": "Bearer " + token},
    )
    answer.raise_for_status()


@pytest.fixture
def people(spark):
    return spark.createDataFrame([(1, "ann", 10.5), (2, "bob", 20.0), (3, "ann", None)], "id int, name string, pay double")


@pytest.mark.witness("spark_connect.AnalyzePlan", "spark_connect.Config", "spark_connect.ExecutePlan", "spark_connect.ReleaseExecute")
def test_a_session(spark):
    assert spark.version == "4.2.0"
    assert spark.range(10).count() == 10
    assert spark.sql("SELECT 1 AS one, 'x' AS two, 1.50 AS three").collect() == [Row(one=1, two="x", three=decimal.Decimal("1.50"))]
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    spark.conf.set("my.key", "v")
    assert spark.conf.get("my.key") == "v"


def test_types_and_names(spark, people):
    assert people.schema.simpleString() == "struct<id:int,name:string,pay:double>"
    made = people.select(F.col("id") + 1, F.upper("name"), F.col("pay").cast("int"), F.lit(None).alias("n"))
    assert made.columns == ["(id + 1)", "upper(name)", "pay", "n"]
    assert made.collect()[0] == (2, "ANN", 10, None)
    nested = spark.sql("SELECT array(1, 2) a, map('k', 1) m, named_struct('x', 1, 'y', 'z') s, DATE '2026-01-02' d, TIMESTAMP '2026-01-02 03:04:05' t, true b, X.c FROM VALUES (1) X(c)")
    row = nested.collect()[0]
    assert row.a == [1, 2] and row.m == {"k": 1} and row.s == Row(x=1, y="z") and row.d == datetime.date(2026, 1, 2) and row.b is True and row.c == 1
    assert row.t.astimezone(datetime.timezone.utc) == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)


def test_filter_join_group_window(spark, people):
    cities = spark.createDataFrame([("ann", "Rome"), ("bob", "Oslo")], ["name", "city"])
    joined = people.join(cities, "name").filter(F.col("id") > 1).orderBy("id")
    assert joined.collect() == [Row(name="bob", id=2, pay=20.0, city="Oslo"), Row(name="ann", id=3, pay=None, city="Rome")]
    on = people.join(cities, people.name == cities.name, "left").select(people.id, cities.city).orderBy(people.id.desc())
    assert [tuple(r) for r in on.collect()] == [(3, "Rome"), (2, "Oslo"), (1, "Rome")]
    grouped = people.groupBy("name").agg(F.count("*").alias("n"), F.sum("id").alias("s"), F.avg("pay"), F.max("pay")).orderBy("name")
    assert grouped.columns == ["name", "n", "s", "avg(pay)", "max(pay)"]
    assert [tuple(r) for r in grouped.collect()] == [("ann", 2, 4, 10.5, 10.5), ("bob", 1, 2, 20.0, 20.0)]
    w = Window.partitionBy("name").orderBy(F.col("id").desc())
    ranked = people.withColumn("r", F.row_number().over(w)).where("r = 1").orderBy("id").select("id", "r")
    assert [tuple(r) for r in ranked.collect()] == [(2, 1), (3, 1)]
    pivoted = people.groupBy("name").pivot("id", [1, 2]).sum("pay").orderBy("name")
    assert pivoted.columns == ["name", "1", "2"]
    assert [tuple(r) for r in pivoted.collect()] == [("ann", 10.5, None), ("bob", None, 20.0)]


def test_show_and_schema(spark, people, capsys):
    people.orderBy("id").show()
    assert capsys.readouterr().out == "+---+----+----+\n| id|name| pay|\n+---+----+----+\n|  1| ann|10.5|\n|  2| bob|20.0|\n|  3| ann|NULL|\n+---+----+----+\n\n"
    people.printSchema()
    assert capsys.readouterr().out == "root\n |-- id: integer (nullable = true)\n |-- name: string (nullable = true)\n |-- pay: double (nullable = true)\n\n"


@pytest.mark.witness("spark_connect.AddArtifacts", "spark_connect.ArtifactStatus")
def test_pandas_both_ways(spark):
    import pandas

    frame = pandas.DataFrame({"a": range(200_000), "b": ["text " + str(i) for i in range(200_000)]})
    made = spark.createDataFrame(frame)  # above a megabyte: uploaded as artifacts
    assert made.count() == 200_000
    back = made.filter("a % 1000 = 7").orderBy("a").toPandas()
    assert list(back["a"][:2]) == [7, 1007] and back["b"][1] == "text 1007" and len(back) == 200


def test_sql_and_views(spark, people):
    people.createOrReplaceTempView("people")
    spark.sql("CREATE OR REPLACE TEMP VIEW anns AS SELECT * FROM people WHERE name LIKE 'a%'")
    rows = spark.sql(
        "WITH t AS (SELECT name, count(*) AS n, sum(pay) total FROM people GROUP BY name HAVING count(*) > 0) "
        "SELECT t.name, n, CASE WHEN total > 15 THEN 'high' ELSE 'low' END AS class, (SELECT max(id) FROM people) m FROM t WHERE name IN (SELECT name FROM anns) ORDER BY 1"
    ).collect()
    assert [tuple(r) for r in rows] == [("ann", 2, "low", 3)]
    assert spark.sql("SELECT * FROM people WHERE id = :id", {"id": 2}).collect()[0].name == "bob"
    assert spark.catalog.tableExists("anns") and spark.catalog.dropTempView("anns") and not spark.catalog.tableExists("anns")


@pytest.mark.parametrize("format", ["parquet", "csv", "json", "delta"])
def test_files(spark, people, container, format):
    path = f"{container}/{format}"
    people.write.format(format).option("header", "true").save(path)
    read = spark.read.format(format).option("header", "true").option("inferSchema", "true").load(path)
    assert [(int(r.id), r.name) for r in read.orderBy("id").collect()] == [(1, "ann"), (2, "bob"), (3, "ann")]
    with pytest.raises(AnalysisException):
        people.write.format(format).save(path)
    people.write.format(format).mode("ignore").save(path)
    people.write.format(format).option("header", "true").mode("append").save(path)
    assert spark.read.format(format).option("header", "true").load(path).count() == 6
    people.limit(1).write.format(format).option("header", "true").mode("overwrite").save(path)
    assert spark.read.format(format).option("header", "true").load(path).count() == 1


def test_partitions(spark, people, container):
    path = f"{container}/by_name"
    people.write.partitionBy("name").parquet(path)
    read = spark.read.parquet(path)
    assert set(read.columns) == {"id", "pay", "name"}
    assert read.filter("name = 'ann'").count() == 2


@pytest.mark.witness("spark_connect.FetchErrorDetails")
def test_wildcards(spark, people, container):
    for year in (2012, 2013, 2014):
        people.withColumn("year", F.lit(year)).coalesce(1).write.parquet(f"{container}/years/{year}")
    count = lambda pattern: spark.read.parquet(f"{container}/years/{pattern}").count()  # noqa: E731
    assert [count("*"), count("201[34]"), count("{2012,2014}"), count("2013/*.parquet"), count("20?2")] == [9, 6, 6, 3, 3]
    with pytest.raises(AnalysisException, match="PATH_NOT_FOUND"):
        count("1999*")


def test_refusals(spark, people, container, stranger):
    with pytest.raises(AnalysisException) as unknown:
        people.select("nme").collect()
    assert unknown.value.getCondition() == "UNRESOLVED_COLUMN.WITH_SUGGESTION" and unknown.value.getSqlState() == "42703"
    with pytest.raises(AnalysisException) as routine:
        spark.sql("SELECT no_such_function(1)").collect()
    assert routine.value.getCondition() == "UNRESOLVED_ROUTINE"
    with pytest.raises(AnalysisException) as table:
        spark.sql("SELECT * FROM no_such_table").collect()
    assert table.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    with pytest.raises(ParseException):
        spark.sql("SELEC 1").collect()
    with pytest.raises(AnalysisException) as missing:
        spark.read.parquet(f"{container}/missing").collect()
    assert missing.value.getCondition() == "PATH_NOT_FOUND"
    with pytest.raises(PySparkException):
        spark.sql("SELECT 1 / 0").collect()
    other = connect(stranger)
    with pytest.raises(SparkConnectException, match="INSUFFICIENT_PERMISSIONS"):
        other.read.parquet(f"{container}/by_name").collect()
    other.stop()


def test_who_may_not_come_in(owner):
    for scope in ("https://management.azure.com/.default", "https://vault.azure.net/.default"):
        with pytest.raises(SparkConnectGrpcException):
            connect(owner, scope).range(1).count()
    with pytest.raises(SparkConnectGrpcException):
        SparkSession.builder.remote(f"{ADDRESS}/;token=nonsense").create().range(1).count()
    channel = grpc.insecure_channel(ADDRESS.removeprefix("sc://"))
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    with pytest.raises(grpc.RpcError) as refused:
        base_pb2_grpc.SparkConnectServiceStub(channel).Config(base_pb2.ConfigRequest(session_id=str(uuid.uuid4())))
    assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED


@pytest.fixture
def plain(owner):
    """The service's own stub, with a session and a token: for what the client does behind the scenes."""
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    class Plain:
        messages = base_pb2
        stub = base_pb2_grpc.SparkConnectServiceStub(grpc.insecure_channel(ADDRESS.removeprefix("sc://")))
        session = str(uuid.uuid4())
        metadata = [("authorization", "Bearer " + owner.get_token(SCOPE).token)]

        def execute(self, sql, operation=None, reattachable=True):
            request = base_pb2.ExecutePlanRequest(session_id=self.session, operation_id=operation or str(uuid.uuid4()))
            request.plan.root.sql.query = sql
            request.request_options.add().reattach_options.reattachable = reattachable
            return self.stub.ExecutePlan(request, metadata=self.metadata)

        def reattach(self, operation, last):
            request = base_pb2.ReattachExecuteRequest(session_id=self.session, operation_id=operation, last_response_id=last)
            return self.stub.ReattachExecute(request, metadata=self.metadata)

    return Plain()


@pytest.mark.witness("spark_connect.ReattachExecute", "spark_connect.ReleaseSession")
def test_a_broken_stream_goes_on_where_it_was(plain):
    operation = str(uuid.uuid4())
    stream = plain.execute("SELECT id FROM range(50000)", operation)
    first, second = next(stream), next(stream)
    stream.cancel()
    rest = list(plain.reattach(operation, second.response_id))
    assert first.HasField("schema") and second.arrow_batch.start_offset == 0
    batches = [second] + [answer for answer in rest if answer.HasField("arrow_batch")]
    assert sum(answer.arrow_batch.row_count for answer in batches) == 50000
    assert rest[-1].HasField("result_complete")
    assert [answer.response_id for answer in plain.reattach(operation, second.response_id)] == [answer.response_id for answer in rest]
    with pytest.raises(grpc.RpcError, match="INVALID_HANDLE.OPERATION_ALREADY_EXISTS"):
        list(plain.execute("SELECT 1", operation))
    released = plain.messages.ReleaseExecuteRequest(session_id=plain.session, operation_id=operation)
    released.release_all.SetInParent()
    plain.stub.ReleaseExecute(released, metadata=plain.metadata)
    with pytest.raises(grpc.RpcError, match="INVALID_HANDLE.OPERATION_NOT_FOUND"):
        list(plain.reattach(operation, second.response_id))
    plain.stub.ReleaseSession(plain.messages.ReleaseSessionRequest(session_id=plain.session), metadata=plain.metadata)
    with pytest.raises(grpc.RpcError, match="INVALID_HANDLE.SESSION_CLOSED"):
        list(plain.execute("SELECT 1"))


@pytest.mark.witness("spark_connect.Interrupt")
def test_an_interrupt_ends_what_runs(spark):
    failed = []
    slow = "SELECT count(*) FROM range(100000) a JOIN range(100000) b ON a.id * b.id % 7 = 3"

    def run():
        try:
            spark.addTag("slow")
            spark.sql(slow).collect()
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(100):
        if spark.interruptTag("slow"):
            break
        time.sleep(0.1)
    thread.join(20)
    assert not thread.is_alive() and "OPERATION_CANCELED" in str(failed[0])
    assert spark.range(3).count() == 3


def test_tls_and_both_loopback_addresses(owner):
    token = owner.get_token(SCOPE).token
    port = ADDRESS.rsplit(":", 1)[1]
    with open(os.environ["SSL_CERT_FILE"], "rb") as file:
        os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = file.name
    session = SparkSession.builder.remote(f"sc://localhost:{port}/;use_ssl=true;token={token}").create()
    assert session.range(200_000).count() == 200_000 and len(session.range(200_000).toPandas()) == 200_000
    session.stop()
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc

    for address in ("127.0.0.1", "[::1]"):
        stub = base_pb2_grpc.SparkConnectServiceStub(grpc.insecure_channel(f"{address}:{port}"))
        request = base_pb2.AnalyzePlanRequest(session_id=str(uuid.uuid4()))
        request.spark_version.SetInParent()
        assert stub.AnalyzePlan(request, metadata=[("authorization", "Bearer " + token)]).spark_version.version == "4.2.0"
        with pytest.raises(grpc.RpcError):
            stub.AnalyzePlan(request)
