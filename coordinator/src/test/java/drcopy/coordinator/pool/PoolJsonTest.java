// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PoolJsonTest {
    private static final ProcessMark MARK = new ProcessMark("web1", 4711, "2026-11-22T10:00:00Z");

    @Test
    void anInterceptorReadsAsAPersonExpects() {
        InterceptorNode node = new InterceptorNode(
                1, "198.18.1.1:36524", List.of("198.18.1.200:80"), "2026-11-22T10:00:01Z", "0.1.0", null, MARK);

        assertThat(PoolJson.text(node))
                .isEqualTo("{\"schema\":1,\"address\":\"198.18.1.1:36524\",\"vips\":[\"198.18.1.200:80\"],"
                        + "\"since\":\"2026-11-22T10:00:01Z\",\"version\":\"0.1.0\",\"process\":{\"host\":\"web1\","
                        + "\"pid\":4711,\"started\":\"2026-11-22T10:00:00Z\"}}");
        assertThat(PoolJson.read(PoolJson.bytes(node), InterceptorNode.class)).contains(node);
    }

    @Test
    void namesAreLowerCaseWithUnderscores() {
        CopierNode node = new CopierNode(1, "web1", "web1", "80-198.18.1.200:80", List.of(0, 1), "s", "v", null, MARK);

        assertThat(PoolJson.text(node)).contains("\"instance_ids\":[0,1]");
        assertThat(PoolJson.read(PoolJson.bytes(node), CopierNode.class)).contains(node);
    }

    @Test
    void whatANewerVersionAddsIsIgnored() {
        byte[] newer = "{\"schema\":2,\"paused\":true,\"mood\":\"good\"}".getBytes(UTF_8);

        assertThat(PoolJson.read(newer, Control.class).map(Control::paused)).contains(true);
    }

    @Test
    void garbageIsNobodysValue() {
        for (String garbage : List.of("", "null", "[]", "{", "{\"schema\":\"x\"}", "{\"paused\":[]}", "\u0000\u00ff")) {
            assertThat(PoolJson.read(garbage.getBytes(UTF_8), Control.class)).isEmpty();
        }
        assertThat(PoolJson.read(null, Control.class)).isEmpty();
    }

    @Test
    void aRatioThatCannotBeIsNone() {
        assertThat(PoolJson.read("{\"ratio\":0}".getBytes(UTF_8), Control.class)
                        .orElseThrow()
                        .ratio())
                .isNull();
        assertThat(PoolJson.read("{\"ratio\":101}".getBytes(UTF_8), Control.class)
                        .orElseThrow()
                        .ratio())
                .isNull();
    }

    @Test
    void statusHasTheDocumentedForm() {
        PoolContents contents = new PoolContents(
                "default",
                List.of(new InterceptorNode(1, "a:1", List.of("v:80"), "t1", "0.1.0", "a:9", MARK)),
                List.of(new CopierNode(1, "c", "h", "80-v:80", List.of(3), "t2", "0.1.0", null, MARK)),
                List.of(new PoolContents.HeldId(new Lease(3, 17), new LeaseNode(1, "c", "t3", MARK))),
                Control.NONE);

        assertThat(PoolJson.fullText(PoolStatus.of(contents)))
                .isEqualTo("{\"pool\":\"default\",\"interceptors\":[{\"address\":\"a:1\",\"vips\":[\"v:80\"],"
                        + "\"since\":\"t1\",\"version\":\"0.1.0\"}],\"copiers\":[{\"id\":\"c\",\"host\":\"h\","
                        + "\"instance_ids\":[3],\"since\":\"t2\",\"version\":\"0.1.0\"}],\"ids\":[{\"id\":3,"
                        + "\"holder\":\"c\",\"epoch\":17}],\"control\":{\"paused\":false,\"ratio\":null}}");
    }
}
