// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes a program's manual page and bash completion, for its packages; the build runs it. */
public final class Manual {
    private Manual() {}

    /**
     * {@code Manual CLASS FOLDER} writes {@code FOLDER/NAME.8} and {@code FOLDER/NAME.bash} of the command that CLASS is.
     *
     * @throws IOException when the folder cannot be written to
     * @throws ReflectiveOperationException when there is no such command
     */
    public static void main(String... args) throws IOException, ReflectiveOperationException {
        @SuppressWarnings("unchecked") // every program's main class is one
        Callable<Integer> command = (Callable<Integer>)
                Class.forName(args[0], true, Thread.currentThread().getContextClassLoader())
                        .asSubclass(Callable.class)
                        .getDeclaredConstructor()
                        .newInstance();
        CommandLine line = Cli.line(command);
        Path folder = Files.createDirectories(Path.of(args[1]));
        Files.writeString(folder.resolve(line.getCommandName() + ".8"), ManPage.of(line));
        Files.writeString(
                folder.resolve(line.getCommandName() + ".bash"), AutoComplete.bash(line.getCommandName(), line));
    }
}
