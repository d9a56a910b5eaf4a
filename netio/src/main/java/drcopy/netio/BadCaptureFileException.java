// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.nio.file.Path;

/** A file that cannot be replayed. */
public final class BadCaptureFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String why;

    BadCaptureFileException(Path path, String why, IOException cause) {
        super("capture file '" + path + "' " + why, cause);
        this.why = why;
    }

    /** The reason as a clause without subject: {@code is neither pcap nor pcapng}. */
    public String why() {
        return why;
    }
}
