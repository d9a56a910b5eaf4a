// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

import drcopy.coordinator.pool.Control;
import drcopy.coordinator.pool.CopierNode;
import drcopy.coordinator.pool.InterceptorNode;
import drcopy.coordinator.pool.PoolContents;
import drcopy.coordinator.pool.PoolContents.HeldId;
import drcopy.coordinator.pool.PoolWords;
import java.time.Instant;
import java.util.Locale;
import java.util.function.BiFunction;

/** A pool as HTML. Pure. */
final class PoolPage {
    private final BiFunction<String, String, AgentFigures.Figure> figures;
    private final Instant now;
    private final boolean mayControl;

    /**
     * @param figures a metric of the agent at an address
     * @param mayControl whether the page has buttons
     */
    PoolPage(BiFunction<String, String, AgentFigures.Figure> figures, Instant now, boolean mayControl) {
        this.figures = figures;
        this.now = now;
        this.mayControl = mayControl;
    }

    /** One section. */
    void write(Html html, PoolContents pool) {
        html.raw("<section>");
        head(html, pool);
        copiers(html, pool);
        interceptors(html, pool);
        leases(html, pool);
        html.raw("</section>");
    }

    private void head(Html html, PoolContents pool) {
        Control control = pool.control();
        String state = control.paused() ? "paused" : "running";
        html.raw("<div class=pool-head><hgroup><h2>Pool ")
                .say(pool.pool())
                .raw("</h2><p class=note><span class='state ");
        html.raw(state).raw("'>").raw(state).raw("</span>, ");
        html.say(control.ratio() == null ? "ratio as each copier is configured" : "ratio " + control.ratio() + " %");
        if (control.by() != null) {
            html.say(", set by " + control.by() + " " + PoolWords.age(control.at(), now) + " ago");
        }
        if (control.reason() != null) {
            html.say(": " + control.reason());
        }
        html.raw("</p></hgroup>");
        if (mayControl) {
            button(html, pool.pool(), control.paused());
        }
        html.raw("</div>");
    }

    private static void button(Html html, String pool, boolean isPaused) {
        String action = isPaused ? "resume" : "pause";
        String question = isPaused
                ? "Mirror again to pool " + pool + "?"
                : "Pause pool " + pool + "? Every copier ends its replicas and sends nothing until resumed.";
        html.raw("<button hx-post='/control' hx-include='#token' hx-swap=none hx-vals='{\"pool\":\"")
                .say(pool);
        html.raw("\",\"action\":\"")
                .raw(action)
                .raw("\"}' hx-confirm=\"")
                .say(question)
                .raw("\" class='");
        html.raw(isPaused ? "" : "secondary")
                .raw("'>")
                .raw(isPaused ? "Resume" : "Pause")
                .raw("</button>");
    }

    private void copiers(Html html, PoolContents pool) {
        String[] names = {"Copier", "Host", "IDs", "Joined", "Sessions", "Delivered", "Dropped", "Governor", "Version"};
        table(html, "Copiers", pool.copiers().size(), names);
        for (CopierNode node : pool.copiers()) {
            html.raw("<tr>");
            cell(html, names[0], node.id());
            cell(html, names[1], node.host());
            cell(html, names[2], PoolWords.ids(node.instanceIds()));
            cell(html, names[3], PoolWords.age(node.since(), now) + " ago");
            number(
                    html,
                    names[4],
                    figure(node.metrics(), "drcopy_copier_sessions").total(),
                    "");
            number(
                    html,
                    names[5],
                    figure(node.metrics(), "drcopy_copier_segments_delivered_total")
                            .perSecond(),
                    "/s");
            drops(html, names[6], figure(node.metrics(), "drcopy_copier_dropped_segments_total"));
            governor(html, names[7], node.metrics());
            cell(html, names[8], node.version());
            html.raw("</tr>");
        }
        html.raw("</tbody></table></div>");
    }

    private void interceptors(Html html, PoolContents pool) {
        String[] names = {"Interceptor", "Diverts", "Joined", "Responses", "Dropped", "Version"};
        table(html, "Interceptors", pool.interceptors().size(), names);
        for (InterceptorNode node : pool.interceptors()) {
            html.raw("<tr>");
            cell(html, names[0], node.address());
            cell(html, names[1], String.join(", ", node.vips()));
            cell(html, names[2], PoolWords.age(node.since(), now) + " ago");
            number(
                    html,
                    names[3],
                    figure(node.metrics(), "drcopy_interceptor_responses_summarised_total")
                            .perSecond(),
                    "/s");
            drops(html, names[4], figure(node.metrics(), "drcopy_interceptor_slow_stream_drops_total"));
            cell(html, names[5], node.version());
            html.raw("</tr>");
        }
        html.raw("</tbody></table></div>");
    }

    private void leases(Html html, PoolContents pool) {
        String[] names = {"ID", "Holder", "Host", "Leased", "Epoch"};
        table(html, "Instance IDs", pool.leases().size(), names);
        for (HeldId held : pool.leases()) {
            html.raw("<tr>");
            cell(html, names[0], held.lease().id());
            cell(html, names[1], held.node().holder());
            cell(
                    html,
                    names[2],
                    held.node().process() == null ? "?" : held.node().process().host());
            cell(html, names[3], PoolWords.age(held.node().since(), now) + " ago");
            cell(html, names[4], held.lease().epoch());
            html.raw("</tr>");
        }
        html.raw("</tbody></table></div>");
    }

    private void governor(Html html, String name, String metrics) {
        double state = figure(metrics, "drcopy_copier_governor_state").total();
        String words = PoolWords.governor(
                state,
                figure(metrics, "drcopy_copier_governor_share_ratio").total(),
                figure(metrics, "drcopy_copier_governor_load_ratio").total());
        html.raw("<td data-name='").say(name).raw(state > 0 ? "' class=bad>" : "'>");
        html.say(Double.isNaN(state) ? "–" : words).raw("</td>");
    }

    private AgentFigures.Figure figure(String address, String metric) {
        return figures.apply(address, metric);
    }

    private static void table(Html html, String title, int count, String... names) {
        html.raw("<h3>").raw(title).say(" (" + count + ")").raw("</h3><div class=scroll><table><thead><tr>");
        for (String name : names) {
            html.raw("<th scope=col>").say(name).raw("</th>");
        }
        html.raw("</tr></thead><tbody>");
        if (count == 0) {
            html.raw("<tr><td class=note colspan=" + names.length + ">none</td></tr>");
        }
    }

    private static void cell(Html html, String name, Object value) {
        html.raw("<td data-name='")
                .say(name)
                .raw("'>")
                .say(value == null ? "" : value)
                .raw("</td>");
    }

    private static void number(Html html, String name, double value, String unit) {
        cell(html, name, Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,.0f%s", value, unit));
    }

    private static void drops(Html html, String name, AgentFigures.Figure figure) {
        boolean isDropping = figure.perSecond() > 0;
        String rate = isDropping ? String.format(Locale.ROOT, " (%,.0f/s)", figure.perSecond()) : "";
        String total = Double.isNaN(figure.total()) ? "–" : String.format(Locale.ROOT, "%,.0f", figure.total());
        html.raw("<td data-name='")
                .say(name)
                .raw(isDropping ? "' class=bad>" : "'>")
                .say(total + rate)
                .raw("</td>");
    }
}
