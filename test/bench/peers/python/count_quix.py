"""A running count per auction in Quix Streams from a topic. Parameters: broker, topic, warm-up, number of bids."""

import platform
import sys
import tempfile
import time
from importlib.metadata import version

from quixstreams import Application

from counts import Counts

broker, topic, warm_up, bids = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
counts = Counts(warm_up)

with tempfile.TemporaryDirectory() as state:
    app = Application(
        broker_address=broker,
        consumer_group=f"sluice-bench-{time.time_ns()}",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        use_changelog_topics=False,
        state_dir=state,
        loglevel="ERROR",
    )

    def count(bid, state):
        known = state.get("bids", 0) + 1
        state.set("bids", known)
        return known

    def consume(known, auction, timestamp, headers):
        counts.last[auction] = known
        counts.outputs += 1
        if counts.outputs == warm_up:
            counts.warm()
        elif counts.outputs == bids:
            counts.done()
            app.stop()

    stream = app.dataframe(app.topic(topic, key_deserializer="str", value_deserializer="json"))
    stream.apply(count, stateful=True).update(consume, metadata=True)
    app.run()

counts.print_result(quixstreams=version("quixstreams"), Python=platform.python_version())
