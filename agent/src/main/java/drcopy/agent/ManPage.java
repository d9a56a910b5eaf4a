// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A program's manual page (man(7)) out of what its option classes say: the text of {@code --help}, and its groups. */
final class ManPage {
    private final StringBuilder text = new StringBuilder();

    private ManPage() {}

    /** The page, of section 8. */
    static String of(CommandLine line) {
        CommandSpec spec = line.getCommandSpec();
        ManPage page = new ManPage();
        String title = spec.name().toUpperCase(Locale.ROOT);
        page.macro("TH " + title + " 8 \"\" \"drcopy " + Version.version() + "\" drcopy");
        page.section("NAME");
        page.line(spec.name() + " - " + sentence(spec));
        page.section("SYNOPSIS");
        page.line(
                "\\fB" + spec.name() + "\\fR [OPTIONS]" + (spec.subcommands().isEmpty() ? "" : " [COMMAND [OPTIONS]]"));
        page.options(spec, "SH");
        line.getSubcommands().values().forEach(sub -> page.command(sub.getCommandSpec()));
        page.section("EXIT STATUS");
        page.line("0 done, 1 failed while running, 2 bad command line or configuration: one sentence says which.");
        page.section("FILES");
        page.line("/etc/drcopy/" + spec.name() + ".conf, read with --config by the unit drcopy-" + spec.name()
                + ".service: long options, one a line.");
        return page.text.toString();
    }

    private void command(CommandSpec spec) {
        String arguments = spec.positionalParameters().stream()
                .map(parameter -> " " + parameter.paramLabel())
                .collect(Collectors.joining());
        section("COMMAND " + spec.qualifiedName(" ").split(" ", 2)[1] + arguments);
        line(sentence(spec));
        options(spec, "SS");
        spec.subcommands().values().forEach(sub -> command(sub.getCommandSpec()));
    }

    private void options(CommandSpec spec, String level) {
        OptionGroups.groups(spec.options()).forEach((title, options) -> {
            macro(level + " " + (title.isEmpty() ? "Options" : title));
            options.forEach(this::option);
        });
    }

    private void option(OptionSpec option) {
        String names = Arrays.stream(option.names())
                .map(name -> "\\fB" + escape(name) + "\\fR")
                .collect(Collectors.joining(", "));
        macro("TP");
        text.append(names);
        if (option.arity().max() > 0) {
            text.append(" \\fI").append(escape(option.paramLabel())).append("\\fR");
        }
        text.append('\n');
        line(description(option));
    }

    private static String description(ArgSpec option) {
        return String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
                .replace("%%", "%");
    }

    private static String sentence(CommandSpec spec) {
        return String.join(" ", spec.usageMessage().description());
    }

    private void section(String name) {
        macro("SH " + name);
    }

    private void macro(String request) {
        text.append('.').append(request).append('\n');
    }

    private void line(String words) {
        text.append(escape(words)).append('\n');
    }

    /** Minus signs that can be copied, and no line that looks like a macro. */
    private static String escape(String words) {
        String escaped = words.replaceAll("\\\\(?!f[BIR])", "\\\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
