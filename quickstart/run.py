"""New York's flights of 2013, from CSV files to a checked table in a SQL pool, with nothing but Azure's own packages.

Started as `axonite exec -- python quickstart/run.py`; against a subscription in Azure it would do the same. It makes
the resources, gives every identity just what it needs, uploads the files, deploys the factory's folder, runs the
pipeline and reads the results back as strangers would. Run twice, it gives the same result.
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from steps import deploy, provision, read_back, run_pipeline, upload  # noqa: E402
from steps.console import step  # noqa: E402


def main():
    with step("Resources: group, lake, vault, workspace, pool, factory"):
        provision.resources()
    with step("Rights: what each identity needs and no more"):
        provision.rights()
    with step("Upload of the CSV files and of the secret"):
        upload.files()
        upload.secret()
    with step("Deployment of quickstart/factory"):
        deploy.factory()
    with step("Pipeline LoadFlights"):
        run_pipeline.run("LoadFlights", {"expectedFlights": 300000})
    with step("Results read back and compared with the CSV files"):
        read_back.compare()


if __name__ == "__main__":
    if "AXONITE_SQL_DEDICATED" not in os.environ:
        sys.exit("Start it as: axonite exec -- python quickstart/run.py")
    main()
