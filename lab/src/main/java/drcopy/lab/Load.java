// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import drcopy.lab.load.Generator;
import drcopy.lab.load.LoadPlan;
import java.io.IOException;

/**
 * The load generator as a program: {@code Load --target 198.18.0.10:80 --style KEEPALIVE --rate 500 --seconds 10 ...}, the
 * options of {@link LoadPlan#parse}. Prints one line with the result; exit 2 if an option is wrong.
 */
public final class Load {
    private Load() {}

    public static void main(String[] args) throws IOException {
        LoadPlan plan;
        try {
            plan = LoadPlan.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("load: " + e.getMessage());
            System.exit(2);
            return;
        }
        System.out.println(new Generator(plan).run().toLine());
    }
}
