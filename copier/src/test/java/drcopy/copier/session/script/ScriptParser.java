// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.script.Script.FlowSpec;
import drcopy.copier.session.script.Step.Condition;
import drcopy.copier.session.script.Step.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a script. A line is a comment ({@code //}), {@code option NAME[=VALUE]}, {@code flow NAME [FIELD=NUMBER]...}, or a step:
 * {@code TIME [FLOW] c< SEGMENT}, {@code t< SEGMENT}, {@code former t< SEGMENT}, {@code > SEGMENT}, {@code % CONDITION, ...}, {@code route added}, {@code
 * route removed}, {@code route conflict}, {@code response unknown},
 * {@code instances ID,...}, {@code instances none}, {@code interceptor returned}, {@code copier stops}, {@code sample out}, {@code sample in}, {@code routes full}, {@code routes open}. A time is
 * {@code +SECONDS} after the line before, {@code +A~+B} a range, {@code *} the same batch of inputs as the line before.
 */
final class ScriptParser {
    private static final Pattern STEP = Pattern.compile(
            "(?<time>\\*|\\+[0-9.]+(?:~\\+[0-9.]+)?)\\s+(?:(?<flow>[A-Z][A-Za-z0-9]*)\\s+)?(?<rest>\\S.*)");
    private static final Pattern CONDITION = Pattern.compile("([\\w.]+) *(==|!=|<=|>=|<|>) *(-?[\\w.]+)");

    private final String name;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Map<String, FlowSpec> flows = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private String failure;
    private int line;

    private ScriptParser(String name) {
        this.name = name;
        flows.put(Script.UNNAMED, flow(Script.UNNAMED, Map.of()));
    }

    static Script parse(String name, String text) {
        ScriptParser parser = new ScriptParser(name);
        for (String line : text.split("\n", -1)) {
            parser.line++;
            parser.parseLine(line.strip());
        }
        return new Script(name, parser.failure, parser.options, parser.flows, parser.steps);
    }

    private void parseLine(String raw) {
        if (raw.startsWith("// Failure:")) {
            failure = raw.substring("// Failure:".length()).trim();
        }
        int comment = raw.indexOf("//");
        String text = (comment < 0 ? raw : raw.substring(0, comment)).strip();
        if (text.isEmpty()) {
            return;
        }
        if (text.startsWith("option ")) {
            String[] pair = text.substring(7).trim().split("=", 2);
            options.put(pair[0].trim(), pair.length == 2 ? pair[1].trim() : "true");
        } else if (text.startsWith("flow ")) {
            parseFlow(text.substring(5).trim().split("\\s+", -1));
        } else {
            parseStep(text);
        }
    }

    private void parseFlow(String[] words) {
        Map<String, Integer> fields = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            check(pair.length == 2, "a flow's field is NAME=NUMBER, not '" + words[i] + "'");
            fields.put(pair[0], (int) number(pair[1]));
        }
        FlowSpec spec = flow(words[0], fields);
        check(flows.put(words[0], spec) == null, "flow " + words[0] + " is there twice");
    }

    private FlowSpec flow(String flowName, Map<String, Integer> written) {
        Map<String, Integer> fields = new HashMap<>(written);
        int n = flows.size();
        int client = take(fields, "client", 1);
        int port = take(fields, "port", 40_000 + n);
        FlowSpec spec = new FlowSpec(
                flowName,
                take(fields, "seed", n),
                client,
                port,
                take(fields, "online", 10),
                take(fields, "onlinePort", 80),
                take(fields, "target", 200),
                take(fields, "targetPort", 8080),
                take(fields, "rport", port),
                take(fields, "rhost", client),
                take(fields, "instance", 0),
                take(fields, "iss", 0),
                take(fields, "irs", 0),
                take(fields, "onlineIrs", 0));
        check(fields.isEmpty(), "unknown field of a flow: " + fields.keySet());
        return spec;
    }

    private static int take(Map<String, Integer> fields, String field, int otherwise) {
        Integer value = fields.remove(field);
        return value == null ? otherwise : value;
    }

    private void parseStep(String text) {
        Matcher m = STEP.matcher(text);
        check(m.matches(), "not a line of a script: '" + text + "'");
        String flow = m.group("flow") == null ? Script.UNNAMED : m.group("flow");
        check(flows.containsKey(flow), "unknown flow " + flow);
        steps.add(new Step(line, text, time(m.group("time")), flow, action(m.group("rest"))));
    }

    private Step.Action action(String rest) {
        if (rest.startsWith("c<")) {
            return new Step.Captured(segment(rest.substring(2)));
        } else if (rest.startsWith("t<")) {
            return new Step.Response(segment(rest.substring(2)), false);
        } else if (rest.startsWith("former t<")) {
            return new Step.Response(segment(rest.substring(9)), true);
        } else if (rest.startsWith(">")) {
            return new Step.Expected(segment(rest.substring(1)));
        } else if (rest.startsWith("%")) {
            return new Step.Check(conditions(rest.substring(1)));
        }
        if (rest.equals("instances none")) {
            return new Step.Instances(List.of());
        } else if (rest.startsWith("instances ")) {
            String[] ids = rest.substring("instances ".length()).split(",", -1);
            return new Step.Instances(
                    Arrays.stream(ids).map(id -> (int) number(id.trim())).toList());
        }
        return switch (rest) {
            case "route added" -> new Step.RouteExpected(true);
            case "route removed" -> new Step.RouteExpected(false);
            case "route conflict" -> Step.Control.CONFLICT;
            case "response unknown" -> Step.Control.UNKNOWN;
            case "interceptor returned" -> Step.Control.RETURNED;
            case "copier stops" -> Step.Control.STOPPED;
            case "sample out" -> Step.Control.SAMPLE_OUT;
            case "sample in" -> Step.Control.SAMPLE_IN;
            case "shed on" -> Step.Control.SHED_ON;
            case "shed off" -> Step.Control.SHED_OFF;
            case "routes full" -> Step.Control.ROUTES_FULL;
            case "routes open" -> Step.Control.ROUTES_OPEN;
            default -> throw error("no actor in '" + rest + "': c<, t<, >, %, route, routes, interceptor");
        };
    }

    private List<Condition> conditions(String text) {
        List<Condition> conditions = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            Matcher m = CONDITION.matcher(item.trim());
            check(m.matches(), "not a condition: '" + item.trim() + "'");
            conditions.add(new Condition(m.group(1), m.group(2), m.group(3)));
        }
        return conditions;
    }

    private Segment segment(String text) {
        try {
            return new SegmentParser(text).parse();
        } catch (IllegalArgumentException e) {
            throw error(e.getMessage());
        }
    }

    private Time time(String text) {
        if (text.equals("*")) {
            return new Time(0, 0, false, true);
        }
        int tilde = text.indexOf('~');
        if (tilde < 0) {
            long ns = seconds(text.substring(1));
            return new Time(ns, ns, false, false);
        }
        long from = seconds(text.substring(1, tilde));
        long to = seconds(text.substring(tilde + 2));
        check(from <= to, "the range " + text + " is empty");
        return new Time(from, to, true, false);
    }

    private long seconds(String text) {
        try {
            return Math.round(Double.parseDouble(text) * 1e9);
        } catch (NumberFormatException e) {
            throw error("not a time: " + text);
        }
    }

    private long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw error("not a number: " + text);
        }
    }

    private void check(boolean holds, String reason) {
        if (!holds) {
            throw error(reason);
        }
    }

    private ScriptException error(String reason) {
        return new ScriptException(name, line, reason);
    }
}
