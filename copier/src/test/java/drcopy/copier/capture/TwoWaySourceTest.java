// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TwoWaySourceTest {
    private final Ring clients = new Ring();
    private final Ring online = new Ring();
    private final List<String> seen = new ArrayList<>();
    private long nowNs;
    private final TwoWaySource both = new TwoWaySource(clients, online, 64, () -> handler("online"), () -> nowNs);

    private PacketHandler handler(String who) {
        return (buffer, offset, captured, wire, timestampNs) ->
                seen.add(who + " " + timestampNs + " " + buffer.get(offset));
    }

    private int poll(int limit) {
        return both.poll(handler("client"), limit);
    }

    @Test
    void onlinesAnswerComesBehindTheRequestThatIsShownLate() {
        online.add(20);
        poll(10);
        clients.add(10, 30);
        poll(10);

        assertThat(seen).containsExactly("client 10 10", "online 20 20", "client 30 30");
    }

    @Test
    void everyAnswerComesAheadOfWhatTheClientMakesOfIt() {
        online.add(11, 13, 15, 40);
        clients.add(10, 12, 14, 16);
        poll(2);
        poll(2);

        assertThat(seen)
                .containsExactly(
                        "client 10 10",
                        "online 11 11",
                        "client 12 12",
                        "online 13 13",
                        "client 14 14",
                        "online 15 15",
                        "client 16 16");
    }

    @Test
    void clockThatWasSetBackKeepsNothingForEver() {
        online.add(1_000, 1_001);
        clients.add(10);
        poll(10);
        nowNs += TimeUnit.SECONDS.toNanos(1);
        poll(10);
        nowNs += TimeUnit.SECONDS.toNanos(1);
        poll(10);

        assertThat(seen).containsExactly("client 10 10", "online 1000 -24", "online 1001 -23");
    }

    /** Packets of one byte, their timestamp's lowest. */
    private static final class Ring implements PacketSource {
        private final ArrayDeque<Long> timestamps = new ArrayDeque<>();

        void add(long... timestampsNs) {
            for (long timestampNs : timestampsNs) {
                timestamps.add(timestampNs);
            }
        }

        @Override
        public int poll(PacketHandler handler, int limit) {
            int done = 0;
            for (; done < limit && !timestamps.isEmpty(); done++) {
                long timestampNs = timestamps.poll();
                handler.onPacket(ByteBuffer.wrap(new byte[] {0, (byte) timestampNs}), 1, 1, 1, timestampNs);
            }
            return done;
        }

        @Override
        public int fileDescriptor() {
            return -1;
        }

        @Override
        public long kernelDrops() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
