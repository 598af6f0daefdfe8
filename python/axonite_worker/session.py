"""What one notebook session knows: who it is for, how it gets tokens, its Spark session."""
import json
import os
import urllib.parse
import urllib.request

SYNAPSE = "https://dev.azuresynapse.net"


class Session:
    def __init__(self):
        self.context = {}
        self.execute = None  # runs the cells of another notebook; set by the kernel
        self._spark = None

    def token(self, resource):
        """A token of the session's identity, from the endpoint that azure-identity asks as well."""
        query = urllib.parse.urlencode({"api-version": "2019-08-01", "resource": resource})
        request = urllib.request.Request(os.environ["IDENTITY_ENDPOINT"] + "?" + query, headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                return json.load(answer)["access_token"]
        except urllib.error.HTTPError as refused:
            raise PermissionError(f"No token for {resource}: {refused.read().decode(errors='replace')[:500]}") from None

    def connection_string(self):
        return f"{os.environ['AXONITE_SPARK']}/;token={self.token(SYNAPSE)}"

    def point_spark(self):
        """So that SparkSession.builder.getOrCreate() finds the same server."""
        if os.environ.get("AXONITE_SPARK"):
            os.environ["SPARK_REMOTE"] = self.connection_string()

    def spark(self):
        if self._spark is None:
            if not os.environ.get("AXONITE_SPARK"):
                raise RuntimeError("Spark is not available: this server has no Spark endpoint.")
            from pyspark.sql import SparkSession

            self._spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
            # Lineage names the notebook that wrote.
            self._spark.conf.set("spark.synapse.notebook.name", self.context.get("currentNotebookName", ""))
        return self._spark


session = Session()
