// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.config;

import drcopy.agent.Former;
import picocli.CommandLine.Option;

/** Options of the predecessor that mean nothing here: none is silently accepted. */
@SuppressWarnings("UnusedVariable") // picocli refuses them before it would set them
final class FormerOptions {
    @Option(names = "-D", hidden = true, parameterConsumer = Former.class, description = "must be --mss here")
    private String mss;

    @Option(
            names = "-R",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: the round trip is measured")
    private String roundTrip;

    @Option(
            names = "-U",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: --memory bounds all sessions together")
    private String poolSize;

    @Option(
            names = "-k",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: an idle session is forgotten after twice --session-timeout")
    private String keepAlive;

    @Option(
            names = "-S",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be --snaplen here, or --mss for what 0.9 meant")
    private String snaplen;
}
