// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.function.Function;

/** A setting that cannot be: the process says one sentence, {@code option value: rule}, and ends with exit code 2. Immutable. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param option the option as its user knows it, {@code --ratio}
     * @param value what was given; null where nothing was
     * @param rule what must hold, beginning with a verb: {@code must be 1..100}
     */
    public ConfigException(String option, Object value, String rule) {
        super(sentence(option, value, rule));
    }

    /**
     * Reads a value with a parser that states its rule as the message of an {@link IllegalArgumentException}.
     *
     * @throws ConfigException when the parser refuses the value
     */
    public static <T> T parse(String option, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            ConfigException refusal = new ConfigException(option, value, e.getMessage());
            refusal.initCause(e);
            throw refusal;
        }
    }

    private static String sentence(String option, Object value, String rule) {
        String shown = value == null ? "" : " " + OneLine.of(value.toString());
        return option + shown + ": " + OneLine.of(rule);
    }
}
