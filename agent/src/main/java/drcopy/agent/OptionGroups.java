// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;

/** The list of options in {@code --help}, in groups by their {@link Heading}s. */
final class OptionGroups {
    private OptionGroups() {}

    static String render(Help help) {
        return groups(help.commandSpec().options()).entrySet().stream()
                .map(group -> (group.getKey().isEmpty() ? "" : String.format("%n%s:%n", group.getKey()))
                        + help.optionListExcludingGroups(group.getValue()))
                .collect(Collectors.joining());
    }

    /** Options that are not hidden by the title of their group, which is empty before the first heading. */
    static Map<String, List<OptionSpec>> groups(List<OptionSpec> options) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        String title = "";
        for (OptionSpec option : options) {
            title = title(option, title);
            if (!option.hidden()) {
                groups.computeIfAbsent(title, key -> new ArrayList<>()).add(option);
            }
        }
        return groups;
    }

    private static String title(OptionSpec option, String current) {
        boolean marked =
                option.userObject() instanceof AnnotatedElement field && field.isAnnotationPresent(Heading.class);
        if (!marked) {
            return current;
        }
        return ((AnnotatedElement) option.userObject())
                .getAnnotation(Heading.class)
                .value();
    }
}
