// SPDX-License-Identifier: Apache-2.0
package drcopy.agent;

import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGUSR1: writes a report to the log. The JDK handles signals in {@code sun.misc} only, whose use javac forbids under -Werror;
 * hence reflection. Stateless.
 */
final class ReportSignal {
    private static final Logger LOG = LoggerFactory.getLogger(ReportSignal.class);

    private ReportSignal() {}

    /** From now on the signal logs what {@code report} says, on a thread of the JVM's; a JVM that knows no signals does nothing. */
    static void install(Supplier<String> report) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    ReportSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                        if (method.getName().equals("handle")) {
                            LOG.info("SIGUSR1:{}{}", System.lineSeparator(), report.get());
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("USR1"), onSignal);
        } catch (ReflectiveOperationException e) {
            LOG.warn("SIGUSR1 cannot be handled: {}", e.toString());
        }
    }
}
