// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import java.util.List;
import java.util.Map;

/**
 * A parsed script.
 *
 * @param name path below the scripts' folder
 * @param failure for a script that must fail: what its message must contain, a regular expression; else null
 * @param options engine configuration and the runner's own, as written
 * @param flows by name; {@code -} is the flow of lines without a name
 */
record Script(String name, String failure, Map<String, String> options, Map<String, FlowSpec> flows, List<Step> steps) {
    /** Name of the flow of lines that name none. */
    static final String UNNAMED = "-";

    /** The parties of a flow, in small numbers that a variant turns into addresses, and offsets of its ISNs. */
    record FlowSpec(
            String name,
            int seed,
            int clientHost,
            int clientPort,
            int onlineHost,
            int onlinePort,
            int targetHost,
            int targetPort,
            int replicaPort,
            int replicaHost,
            int instance,
            int iss,
            int irs,
            int onlineIrs) {}
}
