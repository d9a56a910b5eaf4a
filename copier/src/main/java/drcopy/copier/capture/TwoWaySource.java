// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.capture;

import drcopy.netio.PacketHandler;
import drcopy.netio.PacketSource;
import java.util.function.Supplier;

/** A source of clients' packets with another beside it, of online's, which has a handler of its own. Owned by the shard thread. */
public final class TwoWaySource implements PacketSource {
    private final PacketSource clients;
    private final PacketSource online;
    private final Supplier<PacketHandler> onlineHandler;

    /** @param onlineHandler asked when there is something to poll */
    public TwoWaySource(PacketSource clients, PacketSource online, Supplier<PacketHandler> onlineHandler) {
        this.clients = clients;
        this.online = online;
        this.onlineHandler = onlineHandler;
    }

    @Override
    public int poll(PacketHandler handler, int limit) {
        return online.poll(onlineHandler.get(), limit) + clients.poll(handler, limit);
    }

    /** {@inheritDoc} The clients' one. */
    @Override
    public int fileDescriptor() {
        return clients.fileDescriptor();
    }

    @Override
    public long kernelDrops() {
        return clients.kernelDrops() + online.kernelDrops();
    }

    @Override
    public void close() {
        online.close();
        clients.close();
    }
}
