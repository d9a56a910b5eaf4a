// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.metrics;

import drcopy.copier.governor.Verdict;
import drcopy.copier.ledger.CopierCounter;
import drcopy.copier.ledger.DropReason;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.ledger.Ledgers;
import drcopy.copier.mysql.MySqlCounts;
import drcopy.copier.mysql.MySqlEvent;
import drcopy.copier.mysql.SkipReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The books as a table for people, printed when the copier ends. */
public final class ClosingReport {
    private ClosingReport() {}

    /** Several lines, each column lined up. */
    public static String of(Figures figures) {
        Ledgers books = figures.ledgers();
        List<String> lines = new ArrayList<>();
        lines.add(line("segments", books.value(CopierCounter.SEGMENTS_CAPTURED), "captured from clients"));
        lines.add(line("", books.value(CopierCounter.SEGMENTS_DELIVERED), "delivered: the target acknowledged them"));
        lines.add(line("", books.value(Ledger.Gauge.SEGMENTS_HELD), "held at the end"));
        for (DropReason reason : DropReason.values()) {
            if (books.droppedSegments(reason) > 0) {
                lines.add(line("", books.droppedSegments(reason), "dropped " + reason.name() + ": " + reason.text()));
            }
        }
        if (books.imbalance() != 0) {
            lines.add(line("", books.imbalance(), "unaccounted for: a fault of the copier"));
        }
        lines.add(line("bytes", books.value(CopierCounter.BYTES_CAPTURED), "captured"));
        lines.add(line("", books.value(CopierCounter.BYTES_DELIVERED), "delivered"));
        lines.add(line("sessions", books.value(CopierCounter.SESSIONS_OPENED), "opened with their SYN"));
        lines.add(line("", books.value(CopierCounter.SESSIONS_JOINED), "joined at a request"));
        if (books.value(CopierCounter.SESSIONS_MPTCP) > 0) {
            lines.add(line("", books.value(CopierCounter.SESSIONS_MPTCP), "left out: Multipath TCP"));
        }
        if (books.value(CopierCounter.DATAGRAMS_CAPTURED) > 0) {
            addDatagrams(lines, books);
        }
        if (figures.governor().get().state() != Verdict.State.RUN || books.value(CopierCounter.SESSIONS_SHED) > 0) {
            lines.add(line(
                    "",
                    books.value(CopierCounter.SESSIONS_SHED),
                    "shed; governor: " + figures.governor().get().text()));
        }
        figures.mysql().ifPresent(counts -> addMySql(lines, counts));
        addTroubles(lines, books);
        return String.join(System.lineSeparator(), lines);
    }

    private static void addDatagrams(List<String> lines, Ledgers books) {
        lines.add(line("datagrams", books.value(CopierCounter.DATAGRAMS_CAPTURED), "captured from clients"));
        lines.add(line("", books.value(CopierCounter.DATAGRAMS_SENT), "sent to the target"));
        for (DropReason reason : DropReason.values()) {
            if (books.droppedDatagrams(reason) > 0) {
                lines.add(line("", books.droppedDatagrams(reason), "dropped " + reason.name() + ": " + reason.text()));
            }
        }
    }

    private static void addMySql(List<String> lines, MySqlCounts counts) {
        lines.add(line("mysql", counts.value(MySqlEvent.LOGINS), "logins that the target accepted"));
        lines.add(line("", counts.value(MySqlEvent.RESPONSES), "answers of the target to commands"));
        lines.add(line("", counts.value(MySqlEvent.ERRORS), "errors of the target: " + counts.errorsByName()));
        for (SkipReason reason : SkipReason.values()) {
            if (counts.value(reason) > 0) {
                lines.add(line("", counts.value(reason), "sessions not mirrored: " + reason.text()));
            }
        }
    }

    private static void addTroubles(List<String> lines, Ledgers books) {
        List<CopierCounter> troubles = List.of(
                CopierCounter.CAPTURE_DROPS,
                CopierCounter.RETRANSMITS,
                CopierCounter.REPLICAS_SHORTENED,
                CopierCounter.HOLDS_EXPIRED,
                CopierCounter.RESPONSES_DROPPED,
                CopierCounter.ROUTE_CONFLICTS,
                CopierCounter.STREAMS_LOST,
                CopierCounter.SEND_ERRORS,
                CopierCounter.INTERNAL_ERRORS);
        String title = "troubles";
        for (CopierCounter trouble : troubles) {
            if (books.value(trouble) > 0) {
                lines.add(line(title, books.value(trouble), trouble.metric() + ": " + trouble.help()));
                title = "";
            }
        }
    }

    private static String line(String title, long value, String text) {
        return String.format(Locale.ROOT, "%-9s %,15d  %s", title, value, text);
    }
}
