// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Runs a picocli command by drcopy's conventions: exit code 0 done, 1 failed while running, 2 bad command line or configuration; a
 * failure is one sentence on stderr, never a usage dump or a stack trace. A command reports a bad setting by throwing
 * {@link ConfigException} from its {@code call}, and a failure by throwing anything else or by returning {@link #FAILED}.
 */
public final class Cli {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int BAD_CONFIGURATION = 2;

    private static final int HELP_WIDTH = 100;

    private final CommandLine line;
    private final ConfigFile file;

    private Cli(Callable<Integer> command, PrintWriter out, PrintWriter err) {
        // What picocli would warn of is refused in a sentence of ours.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        line = new CommandLine(command).setExpandAtFiles(false);
        file = new ConfigFile(line.getCommandSpec());
        line.setOut(out);
        line.setErr(err);
        line.setPosixClusteredShortOptionsAllowed(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAllowOptionsAsOptionParameters(false);
        line.setUsageHelpWidth(HELP_WIDTH);
        line.setParameterExceptionHandler((e, args) -> refuse(e.getCommandLine(), Refusal.sentence(e, args)));
        line.setExecutionExceptionHandler((e, where, parsed) -> fail(where, e));
        describe(line);
    }

    /** The command as {@link #run} sees it, with the options that every program has; to be looked at only. */
    public static CommandLine line(Callable<Integer> command) {
        PrintWriter nobody = new PrintWriter(Writer.nullWriter());
        return new Cli(command, nobody, nobody).line;
    }

    /** Runs the command and ends the process with its exit code. */
    public static void main(Callable<Integer> command, String... args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Shutdown.install();
        Shutdown.exit(run(command, out, err, args));
    }

    /** Runs the command in this process and returns its exit code. */
    public static int run(Callable<Integer> command, PrintWriter out, PrintWriter err, String... args) {
        return new Cli(command, out, err).execute(args);
    }

    private int execute(String... args) {
        try {
            String[] expanded = file.expand(args);
            refuseRepeats(expanded);
            return line.execute(expanded);
        } catch (ConfigException e) {
            return refuse(line, e.getMessage());
        }
    }

    /** Before picocli looks: a repeat is said in the same words wherever the option is declared. */
    private void refuseRepeats(String... args) {
        Set<OptionSpec> seen = new HashSet<>();
        for (String arg : args) {
            // picocli finds an option without its dashes, too: a value that reads so is none.
            OptionSpec option = arg.startsWith("-") ? line.getCommandSpec().findOption(arg.split("=", 2)[0]) : null;
            boolean repeated = option != null && !option.isMultiValue() && !seen.add(option);
            Check.that(!repeated, repeated ? option.longestName() : arg, null, "may be given only once");
        }
    }

    private static void describe(CommandLine line) {
        line.getHelpSectionMap().put(SECTION_KEY_OPTION_LIST, OptionGroups::render);
        CommandSpec spec = line.getCommandSpec();
        spec.usageMessage().sortOptions(false).abbreviateSynopsis(true);
        spec.versionProvider(() -> new String[] {Version.text(spec.root().name())});
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("print this help and exit")
                .build());
        spec.addOption(OptionSpec.builder("-v", "--version")
                .versionHelp(true)
                .description("print the version and exit")
                .build());
        boolean isLongRunning = spec.findOption("--metrics-port") != null;
        if (isLongRunning || spec.subcommands().isEmpty() && spec.parent() == null) {
            spec.addOption(OptionSpec.builder("--config")
                    .paramLabel("FILE")
                    .type(Path.class)
                    .description("read long options from this file, one a line; the command line goes before it")
                    .build());
        }
        line.getSubcommands().values().forEach(Cli::describe);
    }

    private int refuse(CommandLine where, String sentence) {
        say(where, file.locate(OneLine.of(sentence)));
        return BAD_CONFIGURATION;
    }

    private int fail(CommandLine where, Exception e) {
        if (e instanceof ConfigException) {
            return refuse(where, e.getMessage());
        }
        LoggerFactory.getLogger(Cli.class).debug("The command failed", e);
        say(where, OneLine.of(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        return FAILED;
    }

    private static void say(CommandLine where, String sentence) {
        where.getErr().println(where.getCommandSpec().qualifiedName(" ") + ": " + sentence);
    }
}
