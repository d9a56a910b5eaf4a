// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.config.ReplayPlan;
import drcopy.copier.config.Transfer;
import drcopy.copier.config.Transfers;
import drcopy.copier.ledger.DropReason;
import drcopy.netio.PcapFileSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code --dry-run}: what a file holds for the transfers, and what of it could not be replayed. Needs no rights. One thread. */
public final class DryRun implements AutoCloseable {
    private final ReplayPlan plan;
    private final PcapFileSource file;
    private final Wanted wanted;
    private final FilePackets traffic;
    private final ReplayFacts facts;
    private final Map<Transfer, TransferTally> tallies = new LinkedHashMap<>();
    private long packets;
    private long firstNs;
    private long lastNs;

    /**
     * Opens the file.
     *
     * @throws drcopy.netio.BadCaptureFileException when it cannot be replayed
     * @throws drcopy.netio.FilterException when the plan's filter does not compile
     */
    public DryRun(ReplayPlan plan, Transfers transfers) {
        this.plan = plan;
        file = new PcapFileSource(plan.file(), plan.filter());
        wanted = new Wanted(transfers);
        traffic = new FilePackets(file, wanted);
        facts = new ReplayFacts(plan);
        transfers.list().forEach(transfer -> tallies.put(transfer, new TransferTally()));
        file.onLost((isDatagram, hi, lo, port) -> noteLost(transfers.findLost(hi, lo, port)));
    }

    /** Reads the file to its end. */
    public void run() {
        while (traffic.next()) {
            note();
        }
        facts.note(file, wanted, traffic.untold());
    }

    private void note() {
        long ns = traffic.timestampNs();
        firstNs = packets == 0 ? ns : Math.min(firstNs, ns);
        lastNs = packets == 0 ? ns : Math.max(lastNs, ns);
        packets++;
        if (wanted.transfer() != null) {
            DropReason kept = traffic.isDamaged() ? DropReason.BAD_CHECKSUM : null;
            tallies.get(wanted.transfer()).note(wanted.packet(), wanted.isSnapped() ? DropReason.SNAPPED : kept);
        }
    }

    private void noteLost(Transfer transfer) {
        if (transfer != null) {
            tallies.get(transfer).noteLost();
        }
    }

    /** Several lines for a person. */
    public List<String> report() {
        List<String> lines = new ArrayList<>();
        double seconds = (lastNs - firstNs) / 1e9;
        lines.add(String.format(
                Locale.ROOT,
                "%s: %s, %,d bytes, %,d IP packets over %,.1f s",
                plan.file(),
                file.format(),
                file.size(),
                packets,
                seconds));
        tallies.forEach((transfer, tally) -> {
            lines.add(transfer.toString());
            lines.addAll(tally.lines());
        });
        lines.addAll(facts.remarks());
        return lines;
    }

    /** Why nothing would be replayed, a sentence; null when something would. */
    public String mismatch() {
        return facts.mismatch();
    }

    @Override
    public void close() {
        file.close();
    }
}
