// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what it costs and how long it takes from a packet's arrival (the kernel's stamp) to its handler: each ring and way
 * of waiting, at several rates. A program, not a test; needs root. Prints a line a case.
 */
final class CaptureMeasurement {
    private static final long RUN_NS = 4_000_000_000L;
    private static final long WARM_UP_NS = 2_000_000_000L;
    private static final int FLOOD = Integer.MAX_VALUE;
    private static final int[] RATES = {1_000, 5_000, 20_000, 50_000, FLOOD};

    private enum Way {
        V3,
        V2,
        V2_PACED
    }

    private final NetNs sender = new NetNs("nio-msnd");
    private final NetNs receiver = new NetNs("nio-mrcv");
    private final long[] latencies = new long[4_000_000];

    private CaptureMeasurement() {
        NetNs.link(sender, "eth0", receiver, "eth0");
        sender.sh("ip addr add 198.18.5.1/24 dev eth0");
        // Nobody answers: the packets are another host's to the receiver.
        sender.sh("ip neigh add 198.18.5.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent");
    }

    /** No arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        CaptureMeasurement measurement = new CaptureMeasurement();
        for (int rate : RATES) {
            for (Way way : Way.values()) {
                measurement.run(way, rate);
            }
        }
        measurement.sender.close();
        measurement.receiver.close();
    }

    private void run(Way way, int rate) throws InterruptedException {
        CaptureOptions options = CaptureOptions.incoming(List.of("eth0"), "ip and tcp dst port 8080")
                .withMode(way == Way.V3 ? CaptureOptions.Mode.RING_V3 : CaptureOptions.Mode.RING_V2)
                .withSnaplen(way == Way.V3 ? 65535 : 160)
                .withBufferMiB(32);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong senderCpu = new AtomicLong();
        AtomicLong sent = new AtomicLong();
        RawIpSink sink = sender.call(() -> new RawIpSink(1500, 0));
        Thread sending = new Thread(() -> send(sink, rate, isOver, sent, senderCpu), "sender");
        try (AfPacketSource source = receiver.call(() -> new AfPacketSource(options));
                Poller poller = new Poller(source.fileDescriptor())) {
            sending.start();
            receive(source, poller, way, WARM_UP_NS);
            long cpu = cpuOfThisThread();
            long start = System.nanoTime();
            long sentBefore = sent.get();
            int[] counts = receive(source, poller, way, RUN_NS);
            double seconds = (System.nanoTime() - start) / 1e9;
            long used = cpuOfThisThread() - cpu;
            long sentDuring = sent.get() - sentBefore;
            isOver.set(true);
            sending.join();
            print(
                    way,
                    rate,
                    counts,
                    used,
                    seconds,
                    sentDuring,
                    senderCpu.get() / Math.max(1, sent.get()),
                    source.kernelDrops());
        } finally {
            sink.close();
        }
    }

    private void print(
            Way way, int rate, int[] counts, long used, double seconds, long sent, long senderNs, long drops) {
        int n = counts[0];
        Arrays.sort(latencies, 0, n);
        System.out.printf(
                Locale.ROOT,
                "%-9s %8s: %8.0f p/s  latency p50 %6.0f p99 %6.0f us  reader %5.0f ns/packet = %4.1f %% of a core, %6.0f waits/s,"
                        + " sender %5d ns/packet, sent %d, drops %d%n",
                way,
                rate == FLOOD ? "flood" : rate + "/s",
                n / seconds,
                latencies[n / 2] / 1e3,
                latencies[n * 99 / 100] / 1e3,
                (double) used / n,
                used / seconds / 1e7,
                counts[1] / seconds,
                senderNs,
                sent,
                drops);
    }

    /** Returns packets and waits. */
    private int[] receive(AfPacketSource source, Poller poller, Way way, long durationNs) {
        int[] count = {0, 0};
        PacketHandler handler = (buffer, offset, captured, wire, timestampNs) -> {
            Instant now = Instant.now();
            long nowNs = now.getEpochSecond() * 1_000_000_000L + now.getNano();
            if (count[0] < latencies.length) {
                latencies[count[0]++] = nowNs - timestampNs;
            }
        };
        long end = System.nanoTime() + durationNs;
        while (System.nanoTime() < end) {
            if (source.poll(handler, 256) == 0) {
                count[1]++;
                if (way == Way.V2_PACED) {
                    poller.awaitPaced(10_000_000);
                } else {
                    poller.await(10_000_000);
                }
            }
        }
        return count;
    }

    private static void send(RawIpSink sink, int rate, AtomicBoolean isOver, AtomicLong sent, AtomicLong cpu) {
        long period = 1_000_000_000L / rate;
        long next = System.nanoTime();
        try (Poller pause = new Poller()) {
            while (!isOver.get()) {
                int burst = rate == FLOOD ? 64 : 1;
                for (int i = 0; i < burst; i++) {
                    sink.commit(TestPackets.write(
                            sink.claim(), "198.19.7.7", 40000, "198.18.5.9", 8080, 0, TestPackets.ACK, 160));
                }
                sink.flush();
                sent.lazySet(sent.get() + burst);
                next += period;
                long wait = next - System.nanoTime();
                if (rate != FLOOD && wait > 0) {
                    pause.await(wait);
                }
            }
        }
        cpu.set(cpuOfThisThread());
    }

    private static long cpuOfThisThread() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
