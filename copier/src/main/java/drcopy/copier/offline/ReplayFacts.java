// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.offline;

import drcopy.copier.config.ReplayPlan;
import drcopy.netio.PcapFileSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a file turned out to be, in sentences. Written by the thread that reads it; read by others after that has ended. */
public final class ReplayFacts {
    private final ReplayPlan plan;
    private final List<String> remarks = new ArrayList<>();
    private String mismatch;

    ReplayFacts(ReplayPlan plan) {
        this.plan = plan;
    }

    /**
     * The file was read to its end.
     *
     * @param untold as {@link FilePackets#untold} says
     */
    void note(PcapFileSource file, Wanted wanted, long untold) {
        file.defect().ifPresent(why -> remarks.add(plan.file() + " was replayed up to where " + why));
        remark(wanted.broken(), "packets whose headers are cut or make no sense");
        remark(file.framesWithoutIp(), "frames without IP");
        remark(untold, "segments replayed although their checksum is wrong, as most of their client's are");
        if (wanted.matched() == 0) {
            mismatch = "nothing in " + plan.file() + " goes to an online side of --transfer: "
                    + wanted.destinations().text();
        }
    }

    /** Its packets were all handed over, in {@code tookNs}. */
    void played(Pace pace, long tookNs) {
        String skipped = pace.skippedNs() == 0
                ? ""
                : String.format(Locale.ROOT, ", without gaps of %.2f s (--interval)", pace.skippedNs() / 1e9);
        remarks.add(String.format(
                Locale.ROOT, "played %.2f s of capture in %.2f s%s", pace.spanNs() / 1e9, tookNs / 1e9, skipped));
    }

    private void remark(long count, String what) {
        if (count > 0) {
            remarks.add(String.format(Locale.ROOT, "%,d %s", count, what));
        }
    }

    /** A sentence each, for whoever started the replay; empty when all was well. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** Why nothing was replayed, a sentence; null when something was, or the file was not read to its end. */
    public String mismatch() {
        return mismatch;
    }
}
