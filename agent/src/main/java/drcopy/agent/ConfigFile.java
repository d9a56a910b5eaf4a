// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options from {@code --config FILE}: long names without dashes, one a line, {@code name value} or {@code name = value}, a switch
 * as its bare name; blank lines and lines that begin with {@code #} are skipped. An option on the command line replaces the
 * file's. Confined to the thread that starts the process.
 */
final class ConfigFile {
    private static final String OPTION = "--config";
    private static final Pattern LINE = Pattern.compile("(?:--)?([a-z][a-z0-9-]*)(?:\\s*=\\s*|\\s+|$)(.*)");

    private final CommandSpec program;
    private CommandSpec spec;
    private final Map<String, String> origins = new HashMap<>();

    ConfigFile(CommandSpec program) {
        this.program = program;
        this.spec = program;
    }

    /**
     * The command line with the file's options before its own, behind the subcommand if there is one; unchanged without
     * {@code --config}.
     *
     * @throws ConfigException when the file cannot be read or holds an unknown name
     */
    String[] expand(String... args) {
        String file = fileOf(args);
        boolean hasSubcommand = args.length > 0 && program.subcommands().containsKey(args[0]);
        spec = hasSubcommand ? program.subcommands().get(args[0]).getCommandSpec() : program;
        if (file == null || spec.findOption(OPTION) == null) {
            return args;
        }
        int first = hasSubcommand ? 1 : 0;
        List<String> expanded = new ArrayList<>(List.of(args).subList(0, first));
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && line.charAt(0) != '#') {
                add(expanded, line, file + " line " + (i + 1), args);
            }
        }
        expanded.addAll(List.of(args).subList(first, args.length));
        return expanded.toArray(String[]::new);
    }

    /** The sentence, with file and line when it is about an option that came from the file. */
    String locate(String sentence) {
        String option = sentence.split("[ :=]", 2)[0];
        String origin = origins.get(option);
        return origin == null ? sentence : sentence + " (" + origin + ")";
    }

    private static String fileOf(String... args) {
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith(OPTION + "=")) {
                return args[i].substring(OPTION.length() + 1);
            }
            if (args[i].equals(OPTION) && i + 1 < args.length) {
                return args[i + 1];
            }
        }
        return null;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(OPTION, file, "must be a readable text file");
        }
    }

    private void add(List<String> expanded, String line, String where, String... args) {
        Matcher matcher = LINE.matcher(line);
        Check.that(matcher.matches(), OPTION, where, "must be an option's long name and its value");
        String name = "--" + matcher.group(1);
        String value = matcher.group(2).strip();
        OptionSpec option = find(name);
        boolean known = option != null && !name.equals(OPTION) && !option.usageHelp() && !option.versionHelp();
        Check.that(known, OPTION, where, "must name a long option, and " + matcher.group(1) + " is none");
        if (isGiven(option, args)) {
            return;
        }
        origins.put(option.longestName(), where);
        expanded.add(value.isEmpty() ? name : name + "=" + value);
    }

    private OptionSpec find(String name) {
        OptionSpec option = spec.findOption(name);
        return option != null ? option : spec.negatedOptionsMap().get(name);
    }

    private static boolean isGiven(OptionSpec option, String... args) {
        return Arrays.stream(args)
                .map(arg -> arg.split("=", 2)[0])
                .anyMatch(arg -> Arrays.asList(option.names()).contains(arg)
                        || option.negatable()
                                && arg.equals("--no-" + option.longestName().substring(2)));
    }
}
