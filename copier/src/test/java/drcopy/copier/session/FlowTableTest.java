// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

import static org.assertj.core.api.Assertions.assertThat;

import drcopy.wire.FlowKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static final class Entry extends FlowEntry {}

    private final FlowTable<Entry> table = new FlowTable<>(4);

    private static Entry entry(int client, int port, int tag) {
        Entry entry = new Entry();
        entry.key.set(0, 0xffff_00000000L | client, port, 0, 0xffff_00000001L, 80);
        entry.tag = tag;
        return entry;
    }

    @Test
    void agreesWithAHashMap() {
        Random r = new Random(7);
        Map<String, Entry> model = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            Entry probe = entry(r.nextInt(10), r.nextInt(500), r.nextInt(2));
            String name = probe.key + "/" + probe.tag;
            Entry there = model.get(name);
            assertThat(table.find(probe.key, probe.tag)).isSameAs(there);
            if (there == null) {
                table.put(probe);
                model.put(name, probe);
            } else {
                table.remove(there);
                model.remove(name);
            }
        }
        assertThat(table.size()).isEqualTo(model.size());
        for (Entry e = table.any(); e != null; e = table.any()) {
            table.remove(e);
        }
        assertThat(table.size()).isZero();
    }

    @Test
    void tellsTagsApart() {
        Entry one = entry(1, 1, 0);
        table.put(one);

        assertThat(table.find(one.key, 1)).isNull();
        assertThat(table.find(new FlowKey().set(one.key), 0)).isSameAs(one);
    }

    @Test
    void removesOnlyTheVeryEntry() {
        Entry one = entry(1, 1, 0);
        table.put(one);
        table.remove(entry(1, 1, 0));

        assertThat(table.find(one.key, 0)).isSameAs(one);
    }
}
