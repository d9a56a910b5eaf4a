// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentPoolTest {
    private static final int MIB = 1 << 20;

    @Test
    void slotsDoNotOverlap() {
        SegmentPool pool = new SegmentPool(16 * MIB);
        Random r = new Random(1);
        List<Segment> used = new ArrayList<>();
        List<Byte> marks = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Segment segment = pool.allocate(1 + r.nextInt(3000));
            byte mark = (byte) r.nextInt();
            for (int at = 0; at < segment.length; at++) {
                segment.bytes().put(segment.dataOffset + at, mark);
            }
            used.add(segment);
            marks.add(mark);
            if (r.nextInt(3) == 0) {
                int gone = r.nextInt(used.size());
                pool.free(used.remove(gone));
                marks.remove(gone);
            }
        }
        for (int i = 0; i < used.size(); i++) {
            Segment segment = used.get(i);
            for (int at = 0; at < segment.length; at++) {
                assertThat(segment.bytes().get(segment.dataOffset + at)).isEqualTo(marks.get(i));
            }
        }
    }

    @Test
    void refusesBeyondItsLimit() {
        SegmentPool pool = new SegmentPool(10_000);
        Segment first = pool.allocate(9_000);

        assertThat(pool.isNearlyFull()).isTrue();
        assertThat(pool.allocate(1_001)).isNull();
        assertThat(pool.allocate(1_000)).isNotNull();
        pool.free(first);
        assertThat(pool.allocate(1_001)).isNotNull();
    }

    @Test
    void memoryOfOneSizeServesAnother() {
        SegmentPool pool = new SegmentPool(4 * MIB);
        List<Segment> small = new ArrayList<>();
        for (Segment s = pool.allocate(128); s != null; s = pool.allocate(128)) {
            small.add(s);
        }
        long taken = pool.takenBytes();
        small.forEach(pool::free);
        int large = 0;
        while (pool.allocate(65_536) != null) {
            large++;
        }

        assertThat(taken).isGreaterThanOrEqualTo(3 * MIB);
        assertThat(large).isGreaterThan(40);
        assertThat(pool.takenBytes()).isLessThanOrEqualTo(4 * MIB + 11 * 65_536L);
    }

    @Test
    void countsPayloadWhatIsTrimmedNot() {
        SegmentPool pool = new SegmentPool(MIB);
        Segment segment = pool.allocate(100);
        segment.trimFront(40);
        pool.trimmed(40);

        assertThat(pool.payloadBytes()).isEqualTo(60);
        pool.free(segment);
        assertThat(pool.payloadBytes()).isZero();
    }

    @Test
    void controlSegmentsAreAlwaysThere() {
        SegmentPool pool = new SegmentPool(0);
        Segment control = pool.allocateControl();
        pool.free(control);

        assertThat(pool.allocateControl()).isSameAs(control);
        assertThat(pool.allocate(1)).isNull();
    }
}
