"""A running count per auction in Bytewax: one worker, bids in memory. Parameters: file of bids, warm-up, size of the batches."""

import gc
import json
import platform
import sys
from importlib.metadata import version

import bytewax.operators as op
from bytewax._bytewax import cli_main
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from counts import Counts

path, warm_up, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with open(path, "rb") as file:
    bids = [json.loads(line) for line in file]
batches = [bids[at : at + batch] for at in range(0, len(bids), batch)]
counts = Counts(warm_up)
gc.collect()
# What is there before the clock starts is not gone through again and again.
gc.freeze()


class Batches(StatelessSourcePartition):
    def __init__(self):
        self.rest = iter(batches)

    def next_batch(self):
        return next(self.rest)


class Bids(DynamicSource):
    def build(self, step_id, worker_index, worker_count):
        return Batches()


class Count(op.StatefulBatchLogic):
    __slots__ = ("bids",)

    def __init__(self, bids):
        self.bids = bids or 0

    def on_batch(self, values):
        first = self.bids + 1
        self.bids += len(values)
        return range(first, self.bids + 1), False

    def snapshot(self):
        return self.bids


class Consume(StatelessSinkPartition):
    def write_batch(self, items):
        counts.last.update(items)
        counts.outputs += len(items)
        if counts.untimed is None and counts.outputs >= warm_up:
            counts.warm()


class Consumer(DynamicSink):
    def build(self, step_id, worker_index, worker_count):
        return Consume()


flow = Dataflow("count")
stream = op.input("bids", flow, Bids())
keyed = op.flat_map_batch("key", stream, lambda some: [(str(bid["auction"]), bid) for bid in some])
counted = op.stateful_batch("count", keyed, Count)
op.output("out", counted, Consumer())

cli_main(flow)
counts.done()
counts.print_result(bytewax=version("bytewax"), Python=platform.python_version())
