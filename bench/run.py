"""Figures side by side with the peers, in one run: ./x bench [NAME…] [--json].

A line per bench: ours, the peer's, and their ratio, above 1 where we are better. Times are never asserted.
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import blobs  # noqa: E402
import pipelines  # noqa: E402
import spark  # noqa: E402
import sql  # noqa: E402
import start  # noqa: E402

BENCHES = {
    "start_ready": start.ready,
    "blob_get_1k": blobs.get_1k,
    "blob_put_1k": blobs.put_1k,
    "blob_get_8m": blobs.get_8m,
    "spark_range_count": spark.range_count,
    "spark_select_1": spark.select_1,
    "spark_to_pandas": spark.to_pandas,
    "tds_rows": sql.rows,
    "pipeline_activity": pipelines.activity,
}


def ratio(result):
    if not result["ours"] or not result["theirs"]:
        return None
    better_is_less = result["unit"] in ("ms", "s")
    quotient = result["theirs"] / result["ours"] if better_is_less else result["ours"] / result["theirs"]
    return round(quotient, 2)


def main():
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or list(BENCHES)
    as_json = "--json" in sys.argv
    if not as_json:
        print(f"{'bench':<20}{'ours':>14} {'peer':<22}{'theirs':>14}  {'unit':<10}{'ratio':>7}")
    for name in names:
        if name not in BENCHES:
            sys.exit(f"bench: {name} is none of {', '.join(BENCHES)}")
        result = {"bench": name, **BENCHES[name]()}
        result["ratio"] = ratio(result)
        if as_json:
            print(json.dumps(result), flush=True)
        else:
            theirs = f"{result['theirs']:,.1f}" if result["theirs"] else "–"
            print(f"{name:<20}{result['ours']:>14,.1f} {result['peer']:<22}{theirs:>14}  {result['unit']:<10}{result['ratio'] or '–':>7}", flush=True)


if __name__ == "__main__":
    main()
