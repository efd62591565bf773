package bench;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the events of a query are like.
 *
 * @param base the time of the first one
 * @param lag milliseconds that watermarks stay behind
 */
record Input(long base, long lag) implements Serializable {
  DataStream<Bid> bids(StreamExecutionEnvironment environment) {
    return environment.fromSource(
        new MemorySource<Bid>(), WatermarkStrategy.noWatermarks(), "bids", TypeInformation.of(Bid.class));
  }

  DataStream<Bid> timedBids(StreamExecutionEnvironment environment) {
    WatermarkStrategy<Bid> times =
        WatermarkStrategy.<Bid>forBoundedOutOfOrderness(Duration.ofMillis(lag))
            .withTimestampAssigner((bid, none) -> bid.dateTime);
    return environment.fromSource(new MemorySource<Bid>(), times, "bids", TypeInformation.of(Bid.class));
  }

  DataStream<Event> events(StreamExecutionEnvironment environment) {
    return environment.fromSource(
        new MemorySource<Event>(), WatermarkStrategy.noWatermarks(), "events", TypeInformation.of(Event.class));
  }

  DataStream<Event> timedEvents(StreamExecutionEnvironment environment) {
    WatermarkStrategy<Event> times =
        WatermarkStrategy.<Event>forBoundedOutOfOrderness(Duration.ofMillis(lag))
            .withTimestampAssigner((event, none) -> event.dateTime);
    return environment.fromSource(new MemorySource<Event>(), times, "events", TypeInformation.of(Event.class));
  }

  /** Since the first event, as checksums have it. */
  int since(long time) {
    return (int) (time - base);
  }
}
