"""New York's flights of 2013, from CSV files to a checked table in a SQL pool, with nothing but Azure's own packages.

Started as `axonite exec -- python quickstart/run.py`; against a subscription in Azure it would do the same. The owner
makes the resources and gives every identity just what it needs; a deployer with no other rights uploads the files,
deploys the folders of the workspace and the factory and runs the pipeline, twice, to the same result. Strangers' clients read it back. Then a
run is made to fail, and the alert of it arrives.
"""
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from steps import deploy, identity, monitoring, provision, read_back, run_pipeline, upload  # noqa: E402
from steps.console import step  # noqa: E402

PIPELINE = "LoadFlights"
PARAMETERS = {"expectedFlights": 300000}


def main():
    begin = time.monotonic()
    with step("Resources: group, lake, vault, workspace, pool, factory"):
        provision.resources()
    with step("Rights: what each identity needs and no more"):
        deployer = identity.Deployer()
        provision.rights(deployer)
    with step("Upload of the CSV files and of the secret"):
        upload.files(deployer)
        upload.secret(deployer)
    with step("Deployment of quickstart/workspace and quickstart/factory"):
        deploy.workspace(deployer)
        deploy.factory(deployer)
    with step(f"Pipeline {PIPELINE}"):
        run_pipeline.run(deployer, PIPELINE, PARAMETERS)
    with step("Results read back and compared with the CSV files"):
        wanted = read_back.compare(deployer)
    with step("The same run again gives the same result"):
        run_pipeline.run(deployer, PIPELINE, PARAMETERS)
        for reader in ("pymssql, SQL login", "pyspark-client, Entra token"):
            read_back.compare_one(reader, wanted, deployer)
    with step("A run that fails, and its alert"):
        monitoring.see_a_failure(deployer, PIPELINE)
    print(f"\nAll as expected, in {time.monotonic() - begin:.1f} s.")


if __name__ == "__main__":
    if "AXONITE_SQL_DEDICATED" not in os.environ:
        sys.exit("Start it as: axonite exec -- python quickstart/run.py")
    main()
