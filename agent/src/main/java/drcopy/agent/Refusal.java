// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what picocli objects to into drcopy's form, {@code option value: rule}. */
final class Refusal {
    private Refusal() {}

    static String sentence(ParameterException e, String... args) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing(missing.getMissing().get(0), args);
        }
        ArgSpec spec = e.getArgSpec();
        if (e.getCause() instanceof ConfigException refusal) {
            return refusal.getMessage();
        }
        if (spec == null || e.getValue() == null) {
            return e.getMessage();
        }
        return name(spec) + " " + e.getValue() + ": " + rule(e, spec);
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String first = e.getUnmatched().get(0);
        if (!first.startsWith("-")) {
            return first + ": must follow an option, nothing else is expected here";
        }
        String hint = e.getSuggestions().stream()
                .filter(suggestion -> suggestion.startsWith("--"))
                .findFirst()
                .map(suggestion -> ", perhaps " + suggestion)
                .orElse(", --help lists them");
        return first + ": must be a known option" + hint;
    }

    private static String missing(ArgSpec spec, String... args) {
        boolean named = spec instanceof OptionSpec option
                && Arrays.stream(args).anyMatch(Arrays.asList(option.names())::contains);
        return name(spec) + (named ? ": must be followed by a value" : ": must be given");
    }

    private static String rule(ParameterException e, ArgSpec spec) {
        if (e.getCause() instanceof IllegalArgumentException refusal && refusal.getMessage() != null) {
            return refusal.getMessage();
        }
        Class<?> type = spec.typeInfo().isMultiValue()
                ? spec.typeInfo().getAuxiliaryTypes()[0]
                : spec.typeInfo().getType();
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "must be a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "must be a number";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" or ", "must be ", ""));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false, or left out";
        }
        return e.getMessage();
    }

    private static String name(ArgSpec spec) {
        return spec instanceof OptionSpec option ? option.longestName() : spec.paramLabel();
    }
}
