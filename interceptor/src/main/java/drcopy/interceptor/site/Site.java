// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.site;

import drcopy.interceptor.config.InterceptorConfig;
import drcopy.interceptor.diversion.ServiceSet;
import drcopy.netio.PacketSource;

/** A way to get at the target's responses. Confined to the thread that starts the process, except {@link #guard}. */
public interface Site {
    /**
     * The site that the configuration asks for; nothing is touched yet.
     *
     * @throws drcopy.agent.ConfigException when this host cannot have it
     */
    static Site of(InterceptorConfig config) {
        return config.isCapture()
                ? new CaptureSite(config.captureDevice(), config.filter(), config.nat())
                : new DiversionSite(config);
    }

    /** {@code route}, {@code nfqueue} or {@code capture}, for the Welcome. */
    String mode();

    /** One line for the log, after {@link #install}: what is taken from where. */
    String text();

    /** Makes the kernel hand over the responses. Adopts what an earlier process left; may be repeated. */
    void install();

    /** Opens the source of packets, after {@link #install}. */
    PacketSource open();

    /** Looks after the opened source; called on the thread that polls it, every few seconds. */
    void upkeep(PacketSource source);

    /** Which packets of the source are responses. */
    ServiceSet services();

    /** True when {@link drcopy.netio.RuleWatch} hears of all that {@link #guard} could find. */
    boolean isWatched();

    /** How many devices have no second line of defence; after {@link #install}, on the thread that calls {@link #guard}. */
    int unguardedDevices();

    /**
     * Verifies what {@link #install} did and puts it right where it was damaged, then follows what has changed about the host. Called on the
     * guard thread.
     *
     * @return what was put right, or null when all was well
     */
    String guard();
}
