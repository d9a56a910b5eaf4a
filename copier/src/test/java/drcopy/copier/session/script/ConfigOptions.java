// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session.script;

import drcopy.copier.session.EngineConfig;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Turns {@code option NAME=VALUE} lines into an {@link EngineConfig}; times may end in {@code s}, {@code ms} or {@code us}. */
final class ConfigOptions {
    /** Options of the runner, not of the engine. */
    private static final Set<String> RUNNER = Set.of("lax", "family", "tolerance");

    private ConfigOptions() {}

    static EngineConfig config(Map<String, String> options) {
        RecordComponent[] components = EngineConfig.class.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                String written = options.get(components[i].getName());
                values[i] = written == null
                        ? components[i].getAccessor().invoke(EngineConfig.defaults())
                        : value(types[i], written);
            }
            checkNames(options, components);
            return EngineConfig.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("EngineConfig is no plain record", e);
        }
    }

    private static void checkNames(Map<String, String> options, RecordComponent[] components) {
        for (String name : options.keySet()) {
            boolean known = RUNNER.contains(name)
                    || Arrays.stream(components).anyMatch(c -> c.getName().equals(name));
            if (!known) {
                throw new IllegalArgumentException("unknown option " + name);
            }
        }
    }

    private static Object value(Class<?> type, String written) {
        if (type == int.class) {
            return Integer.parseInt(written);
        } else if (type == long.class) {
            return nanos(written);
        } else if (type == boolean.class) {
            return Boolean.parseBoolean(written);
        }
        return Arrays.stream(written.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** A number, of nanoseconds unless a unit says otherwise. */
    static long nanos(String written) {
        String digits = written.replaceAll("[a-z]+$", "");
        long unit =
                switch (written.substring(digits.length())) {
                    case "s" -> 1_000_000_000L;
                    case "ms" -> 1_000_000L;
                    case "us" -> 1_000L;
                    case "" -> 1L;
                    default -> throw new IllegalArgumentException("not a number or a time: " + written);
                };
        return Long.parseLong(digits) * unit;
    }
}
