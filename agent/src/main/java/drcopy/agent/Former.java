// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Refuses an option that the predecessor had and drcopy has not; the option's description is the rule that says what to use instead. */
public final class Former implements IParameterConsumer {
    @Override
    @SuppressWarnings("JdkObsolete") // the interface's own type
    public void consumeParameters(Stack<String> args, ArgSpec spec, CommandSpec command) {
        boolean hasValue = !args.isEmpty() && !args.peek().startsWith("-");
        throw new ParameterException(
                command.commandLine(),
                ((OptionSpec) spec).longestName() + (hasValue ? " " + args.peek() : "") + ": " + spec.description()[0]);
    }
}
