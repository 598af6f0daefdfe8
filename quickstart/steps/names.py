"""The names of this deployment, in one place; the folders under quickstart/factory carry the same."""
import os

SUBSCRIPTION = os.environ["AZURE_SUBSCRIPTION_ID"]
TENANT = os.environ["AZURE_TENANT_ID"]
LOCATION = "westeurope"
GROUP = "nycflights"
LAKE = "nycflightslake"
VAULT = "nycflights-kv"
WORKSPACE = "nycflights-ws"
POOL = "SQLPool1"
SPARK_POOL = "SparkPool01"
FACTORY = "nycflights-adf"
DEPLOYER = "nycflights-deployer"
SQL_ADMIN = "sqladminuser"
SECRET = "synapse-sql-password"

GROUP_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
LAKE_ID = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/{LAKE}"
VAULT_ID = f"{GROUP_ID}/providers/Microsoft.KeyVault/vaults/{VAULT}"
FACTORY_ID = f"{GROUP_ID}/providers/Microsoft.DataFactory/factories/{FACTORY}"
