"""A Delta table written by deltalake (delta-rs) into the lake and read back by serverless SQL."""
import pyarrow
from deltalake import DeltaTable, write_deltalake

from . import names
from .console import line

URL = f"abfss://gold@{names.LAKE}.dfs.core.windows.net/monthly_delays"


def write(deployer, groups):
    options = {
        "azure_storage_account_name": names.LAKE,
        "azure_tenant_id": names.TENANT,
        "azure_client_id": deployer.client_id,
        "azure_client_secret": deployer.secret,
    }
    keys = list(groups)
    table = pyarrow.table(
        {
            "airline": [key[0] for key in keys],
            "origin": [key[1] for key in keys],
            "month": pyarrow.array([key[2] for key in keys], pyarrow.int32()),
            "flights": pyarrow.array([groups[key][0] for key in keys], pyarrow.int64()),
            "delay_minutes": pyarrow.array([groups[key][1] for key in keys], pyarrow.int64()),
        }
    )
    write_deltalake(URL, table, mode="overwrite", storage_options=options)
    version = DeltaTable(URL, storage_options=options).version()
    line(f"deltalake wrote gold/monthly_delays, version {version}")
