"""Reads a log folder as TensorBoard does; prints the steps and values of every tag as JSON, and again after every line of input."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# 0: every event, where TensorBoard itself shows a sample.
accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})


def show():
    accumulator.Reload()
    tags = accumulator.Tags()["scalars"]
    seen = {
        "fileVersion": accumulator.file_version,
        "firstTime": accumulator.FirstEventTimestamp(),
        "scalars": {tag: [[event.step, event.value] for event in accumulator.Scalars(tag)] for tag in tags},
    }
    print(json.dumps(seen), flush=True)


show()
for _ in sys.stdin:
    show()
