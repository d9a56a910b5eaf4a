// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.SegmentBuilder;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs that the kernel refuses. */
@Tag("lab")
class SendBatchLabTest {
    private static final int PACKET_VNET_HDR = 15;
    private static final int GSO_TCPV4 = 1;
    /** No type that there is. */
    private static final int GSO_UNKNOWN = 0x7f;

    private static final int HEADERS = 40;
    private static final int PIECE = 1000;

    private final SendErrors errors = new SendErrors();
    private final NativeMemory memory = NativeMemory.allocate(8192);
    private NetNs sender;
    private NetNs peer;
    private int fd;
    private int device;
    private SendBatch batch;

    @BeforeEach
    void connect() {
        sender = new NetNs("nio-snd");
        peer = new NetNs("nio-rcv");
        NetNs.link(sender, "eth0", peer, "eth0");
        device = sender.call(() -> Libc.if_nametoindex("eth0"));
        fd = sender.call(() -> Sockets.open(Libc.AF_PACKET, Libc.SOCK_RAW, 0, "AF_PACKET"));
        Sockets.option(fd, Libc.SOL_PACKET, PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
        batch = new SendBatch(fd, SendBatch.Addressing.DEVICE, 8, errors);
    }

    @AfterEach
    void disconnect() {
        Libc.close(fd);
        sender.close();
        peer.close();
    }

    /** Adds a run of three packets as a message of three pieces. */
    private void addRun(int type) {
        ByteBuffer whole = memory.networkOrder(24, 4000);
        SegmentBuilder.segment("198.18.8.1", 4000, "198.18.5.2", 80)
                .ack(1)
                .payload(3 * PIECE)
                .write(whole, 0);
        memory.buffer()
                .put(0, (byte) 1)
                .put(1, (byte) type)
                .putShort(2, (short) (14 + HEADERS))
                .putShort(4, (short) PIECE)
                .putShort(6, (short) (14 + 20))
                .putShort(8, (short) 16);
        int first = 10 + 14 + HEADERS + PIECE;
        batch.addFrame(device, PacketSocket.ETH_P_IP, memory.address(), first);
        batch.extend(memory.address() + first, PIECE);
        batch.extend(memory.address() + first + PIECE, PIECE);
    }

    @Test
    void aRefusedRunCountsAllItsPacketsAndWhatIsBehindItLeaves() {
        addRun(GSO_UNKNOWN);
        addRun(GSO_UNKNOWN);
        batch.flush();

        assertThat(errors.count(Errno.EINVAL)).isEqualTo(6);
        assertThat(batch.refusedRuns()).isEqualTo(2);
        assertThat(batch.sent()).isZero();

        addRun(GSO_TCPV4);
        batch.flush();

        assertThat(batch.sent()).isEqualTo(3);
        assertThat(batch.sentMessages()).isOne();
        assertThat(batch.refusedRuns()).isZero();
        assertThat(errors.total()).isEqualTo(6);
    }

    @Test
    void aDeviceThatIsDownRefusesNoRuns() {
        sender.sh("ip link set eth0 down");

        addRun(GSO_TCPV4);
        batch.flush();

        assertThat(errors.count(Errno.ENETDOWN)).isEqualTo(3);
        assertThat(batch.refusedRuns()).isZero();
    }
}
