// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.config;

import drcopy.agent.Former;
import picocli.CommandLine.Option;

/** Options of the predecessor that mean nothing here: none is silently accepted. */
@SuppressWarnings("UnusedVariable") // picocli refuses them before it would set them
final class FormerOptions {
    @Option(names = "-i", hidden = true, parameterConsumer = Former.class, description = "must be --capture here")
    private String device;

    @Option(
            names = "-s",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: the table of responses without a route has a fixed bound")
    private String hashSize;

    @Option(
            names = "-n",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: batches form by themselves")
    private String batchLimit;

    @Option(
            names = "-D",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be --nat FROM=TARGET here")
    private String dockerAddresses;

    @Option(
            names = "-c",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: every copier has routes of its own")
    private String keepConnections;

    @Option(
            names = "-q",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: the queue has a fixed bound")
    private String queueLength;

    @Option(
            names = "-o",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be --capture and --filter here")
    private String targets;

    @Option(
            names = "-t",
            hidden = true,
            parameterConsumer = Former.class,
            description = "must be left out: it never meant anything")
    private String timeout;
}
