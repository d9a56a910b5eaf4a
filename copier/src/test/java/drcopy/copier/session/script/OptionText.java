// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.wire.TcpHeader;
import drcopy.wire.TcpOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * TCP options as packetdrill writes them: {@code mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7}. Any other kind is {@code opt 34
 * 0102}: kind and content in hexadecimal.
 */
public final class OptionText {
    private OptionText() {}

    /** The bytes of a list, padded to a multiple of four with end-of-list octets. */
    public static byte[] encode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String item : items(text)) {
            encodeItem(item, bytes);
        }
        while (bytes.size() % 4 != 0) {
            bytes.write(TcpOptions.END);
        }
        return bytes.toByteArray();
    }

    private static void encodeItem(String item, ByteArrayOutputStream bytes) {
        String[] words = item.split(" +", -1);
        switch (words[0]) {
            case "nop" -> bytes.write(TcpOptions.NOP);
            case "eol" -> bytes.write(TcpOptions.END);
            case "mss" -> put(bytes, TcpOptions.MSS, HexFormat.of().toHexDigits(Long.parseLong(words[1]), 4));
            case "wscale" -> put(
                    bytes, TcpOptions.WINDOW_SCALE, HexFormat.of().toHexDigits(Long.parseLong(words[1]), 2));
            case "sackOK" -> put(bytes, TcpOptions.SACK_PERMITTED, "");
            case "TS" -> put(bytes, TcpOptions.TIMESTAMPS, hex32(words[2]) + hex32(words[4]));
            case "sack" -> {
                String[] edges = words[1].split(":", -1);
                put(bytes, TcpOptions.SACK, hex32(edges[0]) + hex32(edges[1]));
            }
            case "opt" -> put(bytes, Integer.parseInt(words[1]), words.length > 2 ? words[2] : "");
            default -> throw new IllegalArgumentException("unknown TCP option '" + item + "'");
        }
    }

    private static String hex32(String number) {
        return HexFormat.of().toHexDigits(Long.parseLong(number), 8);
    }

    private static void put(ByteArrayOutputStream bytes, int kind, String hex) {
        byte[] content = HexFormat.of().parseHex(hex);
        bytes.write(kind);
        bytes.write(content.length + 2);
        bytes.writeBytes(content);
    }

    /** The options of the TCP header at {@code tcp}, in order. */
    public static String decode(ByteBuffer b, int tcp) {
        List<String> items = new ArrayList<>();
        int end = tcp + TcpHeader.headerLength(b, tcp);
        int at = tcp + TcpHeader.OPTIONS_FIELD_OFFSET;
        while (at < end && b.get(at) != TcpOptions.END) {
            int kind = b.get(at) & 0xff;
            if (kind == TcpOptions.NOP) {
                items.add("nop");
                at++;
                continue;
            }
            int length = at + 1 < end ? b.get(at + 1) & 0xff : 0;
            if (length < 2 || at + length > end) {
                items.add("malformed");
                break;
            }
            items.add(decodeItem(b, at, kind, length));
            at += length;
        }
        return String.join(",", items);
    }

    private static String decodeItem(ByteBuffer b, int at, int kind, int length) {
        if (kind == TcpOptions.MSS && length == 4) {
            return "mss " + (b.getShort(at + 2) & 0xffff);
        } else if (kind == TcpOptions.WINDOW_SCALE && length == 3) {
            return "wscale " + (b.get(at + 2) & 0xff);
        } else if (kind == TcpOptions.SACK_PERMITTED && length == 2) {
            return "sackOK";
        } else if (kind == TcpOptions.TIMESTAMPS && length == 10) {
            return "TS val " + (b.getInt(at + 2) & 0xffffffffL) + " ecr " + (b.getInt(at + 6) & 0xffffffffL);
        }
        byte[] content = new byte[length - 2];
        b.get(at + 2, content);
        return ("opt " + kind + " " + HexFormat.of().formatHex(content)).trim();
    }

    /** True when {@code actual} is what {@code expected} asks; no-operations count only where the script writes one. */
    public static boolean matches(String expected, String actual) {
        return items(expected).contains("nop")
                ? items(expected).equals(items(actual))
                : items(expected).equals(withoutPadding(items(actual)));
    }

    private static List<String> withoutPadding(List<String> items) {
        return items.stream().filter(i -> !i.equals("nop")).toList();
    }

    /** The comma separated items of a list, without white space around them. */
    static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!item.isBlank()) {
                items.add(item.trim());
            }
        }
        return items;
    }
}
