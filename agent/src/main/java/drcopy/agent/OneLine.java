// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

/** Text for people on one line: control characters become visible, and no value is too long to read. */
final class OneLine {
    private static final int LONGEST = 400;

    private OneLine() {}

    static String of(String text) {
        StringBuilder line = new StringBuilder();
        text.strip().codePoints().limit(LONGEST).forEach(c -> {
            if (Character.isWhitespace(c)) {
                line.append(' ');
            } else if (Character.isISOControl(c)) {
                line.append(String.format("\\x%02x", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return text.length() > LONGEST ? line.append("...").toString() : line.toString();
    }
}
