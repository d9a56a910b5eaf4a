// SPDX-License-Identifier: Apache-2.0
package drcopy.copier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.Consumer;

/** Mirroring pauses while the pool or the governor wants it to. Any thread. */
final class PauseSwitch {
    private final Consumer<Boolean> effect;

    @GuardedBy("this")
    private boolean isWantedByPool;

    @GuardedBy("this")
    private boolean isWantedByGovernor;

    /** @param effect pauses or resumes, however often it is told the same */
    PauseSwitch(Consumer<Boolean> effect) {
        this.effect = effect;
    }

    synchronized void byPool(boolean isWanted) {
        isWantedByPool = isWanted;
        apply();
    }

    synchronized void byGovernor(boolean isWanted) {
        isWantedByGovernor = isWanted;
        apply();
    }

    @GuardedBy("this")
    private void apply() {
        effect.accept(isWantedByPool || isWantedByGovernor);
    }
}
