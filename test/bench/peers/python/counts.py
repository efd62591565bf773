"""What a peer has counted, and how long it took from the end of the warm-up on."""

import json
import time


class Counts:
    """Keeps the last count of each auction; the checksum is made of these when the clock has stopped."""

    def __init__(self, warm_up):
        self.last = {}
        self.outputs = 0
        self.warm_up = warm_up
        self.untimed = None
        self.wall = self.cpu = 0.0

    def warm(self):
        """To be called when `outputs` has reached `warm_up`."""
        self.untimed = self.outputs
        # That of all threads of the process, those of native code as well.
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def done(self):
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu

    def print_result(self, **notes):
        if self.untimed is None:
            raise RuntimeError(f"only {self.outputs} outputs")
        result = {
            "wallMs": self.wall * 1000,
            "cpuMs": self.cpu * 1000,
            "elements": self.outputs - self.untimed,
            "outputs": self.outputs,
            "checksum": self.checksum(),
            "keys": len(self.last),
            "notes": notes,
        }
        print(json.dumps(result), flush=True)

    def checksum(self):
        """`hashOfLastCount` of count-data.ts, added up in 32 bits."""
        total = 0
        for auction, bids in self.last.items():
            total += int(auction) * 0x9E3779B1 * bids * bids
        total &= 0xFFFFFFFF
        return total - 0x100000000 if total >= 0x80000000 else total
