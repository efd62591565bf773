package bench;

import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/** Who sells in some states: what is known of a seller or of auctions without one is kept for ever. */
final class Q3 {
  private static final int CATEGORY = 10;
  private static final Set<String> STATES = Set.of("OR", "ID", "CA");

  private Q3() {}

  public static class Seller {
    public int id;
    public String name;
    public String city;
    public String state;
  }

  public static class Sale {
    public int auction;
    public int seller;
  }

  public static class LocalSeller {
    public String name;
    public String city;
    public String state;
    public int auction;
  }

  static void build(StreamExecutionEnvironment environment, Input input) {
    DataStream<Event> events = input.events(environment);
    DataStream<Seller> sellers =
        events
            .<Seller>flatMap(
                (event, out) -> {
                  if (event.person != null && STATES.contains(event.person.state)) {
                    out.collect(sellerOf(event.person));
                  }
                })
            .returns(Seller.class);
    DataStream<Sale> sales =
        events
            .<Sale>flatMap(
                (event, out) -> {
                  if (event.auction != null && event.auction.category == CATEGORY) {
                    out.collect(saleOf(event.auction));
                  }
                })
            .returns(Sale.class);
    sellers
        .connect(sales)
        .keyBy(seller -> seller.id, sale -> sale.seller, Types.INT)
        .process(new Join())
        .sinkTo(new Results<LocalSeller>((checksum, result) -> checksum + hashOf(result)));
  }

  private static Seller sellerOf(Person person) {
    Seller seller = new Seller();
    seller.id = person.id;
    seller.name = person.name;
    seller.city = person.city;
    seller.state = person.state;
    return seller;
  }

  private static Sale saleOf(Auction auction) {
    Sale sale = new Sale();
    sale.auction = auction.id;
    sale.seller = auction.seller;
    return sale;
  }

  private static int hashOf(LocalSeller result) {
    int named = (result.auction * 31 + result.name.length()) * 31 + result.city.length();
    return named * 31 + result.state.charAt(0);
  }

  private static final class Join extends KeyedCoProcessFunction<Integer, Seller, Sale, LocalSeller> {
    private transient ValueState<Seller> known;
    private transient ListState<Integer> waiting;

    @Override
    public void open(OpenContext context) {
      known = getRuntimeContext().getState(new ValueStateDescriptor<>("seller", Seller.class));
      waiting = getRuntimeContext().getListState(new ListStateDescriptor<>("auctions", Types.INT));
    }

    @Override
    public void processElement1(Seller seller, Context context, Collector<LocalSeller> out) throws Exception {
      known.update(seller);
      Iterable<Integer> auctions = waiting.get();
      if (auctions == null) {
        return;
      }
      for (int auction : auctions) {
        out.collect(resultOf(seller, auction));
      }
      waiting.clear();
    }

    @Override
    public void processElement2(Sale sale, Context context, Collector<LocalSeller> out) throws Exception {
      Seller seller = known.value();
      if (seller == null) {
        waiting.add(sale.auction);
      } else {
        out.collect(resultOf(seller, sale.auction));
      }
    }

    private static LocalSeller resultOf(Seller seller, int auction) {
      LocalSeller result = new LocalSeller();
      result.name = seller.name;
      result.city = seller.city;
      result.state = seller.state;
      result.auction = auction;
      return result;
    }
  }
}
