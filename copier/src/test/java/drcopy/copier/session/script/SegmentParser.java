// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.script.Segment.IpFields;
import drcopy.wire.TcpFlags;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one segment: {@code FLAGS START:END(LENGTH) [ack N] [win N] [urg N] [<OPTIONS>] [tos N] [ttl N] [id N] [df] [label N]
 * ["TEXT"]}. In a text {@code |} stands for CR LF, and {@code *} for as many letters as fill the segment.
 */
final class SegmentParser {
    private static final Pattern RANGE = Pattern.compile("(-?\\d+):(-?\\d+)\\((\\d+)\\)");
    private static final String LETTERS = "FSRP.UEW";
    private static final int[] BITS = {
        TcpFlags.FIN, TcpFlags.SYN, TcpFlags.RST, TcpFlags.PSH, TcpFlags.ACK, TcpFlags.URG, TcpFlags.ECE, TcpFlags.CWR
    };

    private final Deque<String> words;
    private final String options;
    private Long ack;
    private Integer window;
    private Integer urgent;
    private Integer tos;
    private Integer ttl;
    private Integer id;
    private Boolean df;
    private Integer flowLabel;
    private boolean isGarbage;
    private final String said;

    SegmentParser(String line) {
        int quote = line.indexOf('"');
        said = quote < 0 ? null : line.substring(quote + 1, line.lastIndexOf('"'));
        String text = quote < 0 ? line : line.substring(0, quote);
        int from = text.indexOf('<');
        int to = text.lastIndexOf('>');
        String rest = text;
        if (from >= 0) {
            require(to > from, "'<' without '>' in '" + text.trim() + "'");
            rest = text.substring(0, from) + " " + text.substring(to + 1);
        }
        String list = from >= 0 ? text.substring(from + 1, to).trim() : "...";
        options = list.equals("...") ? null : list;
        words = new ArrayDeque<>(Arrays.asList(rest.trim().split("\\s+", -1)));
    }

    Segment parse() {
        int flags = flags(word());
        Matcher range = RANGE.matcher(word());
        require(range.matches(), "a segment is FLAGS START:END(LENGTH)");
        long start = Long.parseLong(range.group(1));
        int length = Integer.parseInt(range.group(3));
        require(start + length == Long.parseLong(range.group(2)), "START + LENGTH is not END in " + range.group());
        while (!words.isEmpty()) {
            field(words.poll());
        }
        if (options != null) {
            OptionText.encode(options);
        }
        IpFields ip = new IpFields(tos, ttl, id, df, flowLabel);
        return new Segment(flags, start, length, ack, window, urgent, options, isGarbage, filled(length), ip);
    }

    private String filled(int length) {
        if (said == null) {
            return null;
        }
        String text = said.replace("|", "\r\n");
        String filled = text.replace("*", "x".repeat(Math.max(0, length - text.length() + 1)));
        require(filled.length() == length, "the text has " + filled.length() + " bytes, the segment " + length);
        return filled;
    }

    private void field(String name) {
        switch (name) {
            case "ack" -> ack = (long) number();
            case "win" -> window = number();
            case "urg" -> urgent = number();
            case "tos" -> tos = number();
            case "ttl" -> ttl = number();
            case "id" -> id = number();
            case "label" -> flowLabel = number();
            case "df" -> df = true;
            case "nodf" -> df = false;
            case "garbage" -> isGarbage = true;
            default -> throw new IllegalArgumentException("unknown field '" + name + "' of a segment");
        }
    }

    private static int flags(String letters) {
        if (letters.equals("-")) {
            return 0;
        }
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            int letter = LETTERS.indexOf(letters.charAt(i));
            require(letter >= 0, "unknown flag '" + letters.charAt(i) + "'");
            flags |= BITS[letter];
        }
        return flags;
    }

    private int number() {
        String word = word();
        try {
            return Integer.decode(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a number: " + word, e);
        }
    }

    private String word() {
        require(!words.isEmpty() && !words.peek().isEmpty(), "a segment is FLAGS START:END(LENGTH)");
        return words.poll();
    }

    private static void require(boolean holds, String reason) {
        if (!holds) {
            throw new IllegalArgumentException(reason);
        }
    }
}
