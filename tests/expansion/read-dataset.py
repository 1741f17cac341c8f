"""Reads a data set folder by pandas, DuckDB and datasets; prints what each of them sees as JSON."""

import json
import sys
import tempfile

import datasets
import duckdb
import pandas

folder = sys.argv[1]


def count(rows):
    counts = {}
    for split, label in rows:
        key = f"{split} {label}"
        counts[key] = counts.get(key, 0) + 1
    return counts


frame = pandas.read_parquet(f"{folder}/metadata.parquet")
table = duckdb.sql(f"select split, label, targets, frame from '{folder}/metadata.parquet' order by id").fetchall()
with tempfile.TemporaryDirectory() as cache:
    loaded = datasets.load_dataset("imagefolder", data_dir=folder, cache_dir=cache)
    rows = [(split, row) for split, part in loaded.items() for row in part]
    seen = {
        "pandas": {
            "counts": count(zip(frame["split"], frame["label"])),
            "targets": {row.id: [int(value) for value in row.targets] for row in frame.itertuples()},
        },
        "duckdb": {
            "counts": count(row[:2] for row in table),
            "targets": dict(zip(sorted(frame["id"]), [list(row[2]) for row in table])),
        },
        "datasets": {
            "counts": count((split, row["label"]) for split, row in rows),
            "targets": {row["id"]: row["targets"] for _, row in rows},
        },
        "sizes": sorted({row["image"].size for _, row in rows}),
    }
print(json.dumps(seen))
