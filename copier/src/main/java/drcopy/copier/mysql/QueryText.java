// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the beginning of a query's text tells. Stateless. */
final class QueryText {
    /** Bytes of a query that are looked at. */
    static final int LOOKED_AT = 96;

    private static final Pattern COMMENTS =
            Pattern.compile("^(?:\\s|/\\*[^!].*?\\*/|--\\s[^\\n]*\\n|#[^\\n]*\\n)+", Pattern.DOTALL);
    private static final Pattern KILL = Pattern.compile("^kill\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern USE =
            Pattern.compile("^use\\s+(?:`([^`]+)`|([^`;\\s]+))\\s*;?\\s*$", Pattern.CASE_INSENSITIVE);

    private QueryText() {}

    /** True when a count of query attributes, none, stands before the text: 0 of them, 1 set. */
    static boolean hasAttributes(byte[] payload) {
        return payload.length >= 3 && payload[1] == 0 && payload[2] == 1;
    }

    /** True when the text may be one of those looked for: a letter of theirs, a blank or a comment comes first. */
    static boolean isWorthReading(byte[] payload) {
        int from = hasAttributes(payload) ? 3 : 1;
        return payload.length > from && "kKuU/-# \t\r\n".indexOf(payload[from]) >= 0;
    }

    private static String text(byte[] payload) {
        int from = hasAttributes(payload) ? 3 : 1;
        String text = new String(payload, from, Math.max(0, payload.length - from), StandardCharsets.UTF_8);
        Matcher comments = COMMENTS.matcher(text);
        return comments.find() ? text.substring(comments.end()) : text;
    }

    /** True for KILL in all its forms. */
    static boolean isKill(byte[] payload) {
        return KILL.matcher(text(payload)).matches();
    }

    /** The database that USE names, or null. */
    static byte[] database(byte[] payload) {
        Matcher use = USE.matcher(text(payload));
        if (!use.matches()) {
            return null;
        }
        String name = use.group(1) == null ? use.group(2) : use.group(1);
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
