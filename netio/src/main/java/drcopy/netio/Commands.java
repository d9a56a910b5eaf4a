// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the programs that set up the kernel's rules, each for at most ten seconds. */
final class Commands {
    private static final long LIMIT_SECONDS = 10;

    /** How a program ended: its exit code, and what it printed to both outputs. */
    record Result(int exit, String output) {
        boolean isSuccess() {
            return exit == 0;
        }
    }

    private Commands() {}

    /** Runs a program that must succeed and returns what it printed. */
    static String run(String... command) {
        return require(List.of(command), "");
    }

    /** Runs a program with {@code input} that must succeed and returns what it printed. */
    static String require(List<String> command, String input) {
        Result result = attempt(command, input);
        if (!result.isSuccess()) {
            throw new DiversionException(
                    String.join(" ", command) + " -> exit " + result.exit() + ": " + oneLine(result.output()));
        }
        return result.output();
    }

    /** Runs a program that may fail. */
    static Result attempt(List<String> command, String input) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Result(
                    127,
                    "cannot be started (is its package installed? " + command.get(0) + " comes with "
                            + packageOf(command.get(0)) + ")");
        }
        try {
            // The output is read elsewhere, so that a program that neither ends nor prints cannot hold us.
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(() -> readAll(process));
            write(process, input);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return new Result(124, "did not end within " + LIMIT_SECONDS + " s");
            }
            return new Result(process.exitValue(), text(output));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(130, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Repeats a removal until nothing is left to remove, for a hand may have added things twice; eight times at most. */
    static void untilItFails(List<String> command) {
        int done = 0;
        while (done < 8 && attempt(command, "").isSuccess()) {
            done++;
        }
    }

    private static String text(CompletableFuture<byte[]> output) throws InterruptedException {
        try {
            return new String(output.get(LIMIT_SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            return "";
        }
    }

    private static byte[] readAll(Process process) {
        try {
            return process.getInputStream().readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The program ended without reading; its exit code tells why.
            return;
        }
    }

    private static String packageOf(String program) {
        if (program.equals("nft")) {
            return "nftables";
        }
        return program.equals("ip") || program.equals("tc") ? "iproute2" : "iptables";
    }

    /** The first lines of what a program printed, as part of a sentence. */
    static String oneLine(String output) {
        String joined = output.strip().replaceAll("\\s*\\n\\s*", "; ");
        return joined.length() > 300 ? joined.substring(0, 300) + "…" : joined;
    }
}
