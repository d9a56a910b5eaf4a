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
    private final Ring clients = new Ring(4);
    private final Ring online = new Ring(4);
    private final Ring online6 = new Ring(6);
    private final List<String> seen = new ArrayList<>();
    private long nowNs;
    private final List<TwoWaySource.Way> ways =
            List.of(new TwoWaySource.Way(4, online), new TwoWaySource.Way(6, online6));
    private final TwoWaySource both = new TwoWaySource(clients, ways, 64, () -> handler("online"), () -> nowNs);

    private PacketHandler handler(String who) {
        return (buffer, offset, captured, wire, timestampNs) ->
                seen.add(who + " " + timestampNs + " " + buffer.get(offset + 1));
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
    void answerDoesNotPassItsRequestThatIsInTheOtherFamilysRing() {
        clients.add(10, 30);
        online6.add(20);
        poll(10);
        clients.version = 6;
        clients.add(15, 25);
        poll(10);

        assertThat(seen)
                .containsExactly("client 10 10", "client 30 30", "client 15 15", "online 20 20", "client 25 25");
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

    @Test
    void whatNobodyHasVerifiedIsHandedOverAsSuch() {
        List<String> unverified = new ArrayList<>();
        clients.isVerified = false;
        clients.add(10);
        both.poll(
                new PacketHandler() {
                    @Override
                    public void onPacket(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                        unverified.add("verified");
                    }

                    @Override
                    public void onUnverified(ByteBuffer buffer, int offset, int captured, int wire, long timestampNs) {
                        unverified.add("unverified " + timestampNs);
                    }
                },
                10);

        assertThat(unverified).containsExactly("unverified 10");
    }

    /** Packets of two bytes: IP's version in the first as in any, their timestamp's lowest. */
    private static final class Ring implements PacketSource {
        private final ArrayDeque<Long> timestamps = new ArrayDeque<>();
        private int version;
        private boolean isVerified = true;

        Ring(int version) {
            this.version = version;
        }

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
                byte[] packet = {0, (byte) (version << 4), (byte) timestampNs};
                if (isVerified) {
                    handler.onPacket(ByteBuffer.wrap(packet), 1, 2, 2, timestampNs);
                } else {
                    handler.onUnverified(ByteBuffer.wrap(packet), 1, 2, 2, timestampNs);
                }
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
