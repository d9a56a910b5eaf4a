// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.TcpFlags;
import org.junit.jupiter.api.Test;

class JoinMemoryTest {
    private static final long MS = 1_000_000;
    private static final long KEY = 0x123456789abcdefL;
    private static final int PUSH = TcpFlags.ACK | TcpFlags.PSH;

    private final JoinMemory memory = new JoinMemory(500 * MS);

    @Test
    void firstPayloadEverTellsNothing() {
        assertThat(memory.observe(KEY, 100, 10, 1, PUSH, 0)).isFalse();
    }

    @Test
    void payloadBehindAnAnsweredOneIsARequest() {
        memory.observe(KEY, 100, 10, 1, PUSH, 0);
        assertThat(memory.observe(KEY, 110, 10, 1, PUSH, MS)).isFalse();
        memory.observe(KEY, 120, 0, 500, TcpFlags.ACK, 2 * MS);
        assertThat(memory.observe(KEY, 120, 10, 500, PUSH, 3 * MS)).isTrue();
    }

    @Test
    void payloadBehindOneWithoutPushIsNot() {
        memory.observe(KEY, 100, 10, 1, TcpFlags.ACK, 0);
        assertThat(memory.observe(KEY, 110, 10, 500, PUSH, MS)).isFalse();
    }

    @Test
    void payloadBehindAHoleIsNot() {
        memory.observe(KEY, 100, 10, 1, PUSH, 0);
        assertThat(memory.observe(KEY, 111, 10, 500, PUSH, MS)).isFalse();
        assertThat(memory.observe(KEY, 131, 10, 900, PUSH, 1000 * MS)).isFalse();
    }

    @Test
    void payloadAfterSilenceIsARequest() {
        memory.observe(KEY, 100, 10, 1, PUSH, 0);
        assertThat(memory.observe(KEY, 110, 10, 1, PUSH, 499 * MS)).isFalse();
        assertThat(memory.observe(KEY, 120, 10, 1, PUSH, 999 * MS)).isTrue();
    }

    @Test
    void unknownConnectionWasSilentWhileTheEngineListened() {
        memory.observe(KEY + 1, 1, 0, 1, TcpFlags.ACK, 0);
        assertThat(memory.observe(KEY, 100, 10, 1, PUSH, 500 * MS)).isTrue();
    }

    @Test
    void silenceCountsForNothingWhenItIsOff() {
        JoinMemory never = new JoinMemory(0);
        never.observe(KEY, 100, 10, 1, PUSH, 0);
        assertThat(never.observe(KEY, 110, 10, 1, PUSH, 10_000 * MS)).isFalse();
    }
}
