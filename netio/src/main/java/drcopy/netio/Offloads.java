// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Asks a device what it does to packets before they are captured (ethtool(8)'s ioctl, rtnetlink(7)). Any thread; for set-up. */
public final class Offloads {
    /** linux/ethtool.h. */
    private static final int ETHTOOL_GFLAGS = 0x25;

    private static final int ETHTOOL_GGRO = 0x2b;
    private static final int ETH_FLAG_LRO = 1 << 15;
    /** struct ifreq: a name of 16 bytes, then a pointer to struct ethtool_value. */
    private static final int NAME_LENGTH = 16;

    private static final int IFREQ_LENGTH = 40;

    private Offloads() {}

    /** Whether segments may be joined before they are captured (GRO or LRO); false for a device that does not tell. */
    public static boolean joinsSegments(String device) {
        return value(device, ETHTOOL_GGRO) != 0 || (value(device, ETHTOOL_GFLAGS) & ETH_FLAG_LRO) != 0;
    }

    /**
     * The longest packet that segmentation or receive offload of these devices may make, bytes: 65,536, or more where BIG TCP is on.
     *
     * @param devices names, or {@link CaptureOptions#ANY} alone
     * @return 0 when the kernel does not tell
     */
    public static int longestSegment(List<String> devices) {
        try (RouteQueries queries = new RouteQueries()) {
            return queries.longestSegments().entrySet().stream()
                    .filter(device -> devices.contains(CaptureOptions.ANY) || devices.contains(device.getKey()))
                    .mapToInt(Map.Entry::getValue)
                    .max()
                    .orElse(0);
        } catch (KernelException e) {
            return 0;
        }
    }

    private static int value(String device, int command) {
        byte[] name = device.getBytes(StandardCharsets.US_ASCII);
        if (name.length >= NAME_LENGTH) {
            return 0;
        }
        NativeMemory memory = NativeMemory.allocate(IFREQ_LENGTH + 8);
        int fd = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return 0;
        }
        try {
            memory.buffer().put(0, name).putLong(NAME_LENGTH, memory.address() + IFREQ_LENGTH);
            memory.buffer().putInt(IFREQ_LENGTH, command);
            int result = Libc.ioctl(fd, Libc.SIOCETHTOOL, memory.address());
            return result < 0 ? 0 : memory.buffer().getInt(IFREQ_LENGTH + 4);
        } finally {
            Libc.close(fd);
            Reference.reachabilityFence(memory);
        }
    }
}
