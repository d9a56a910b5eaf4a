// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.web;

/** Builds HTML; what is not markup is escaped. One thread. */
final class Html {
    private final StringBuilder text = new StringBuilder(4096);

    /** Markup of ours. */
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Anybody's words. */
    Html say(Object words) {
        String.valueOf(words).codePoints().forEach(c -> {
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> text.appendCodePoint(c);
            }
        });
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
