// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.shard;

import drcopy.copier.datagram.DatagramReplicator;
import drcopy.copier.ledger.Ledger;
import drcopy.copier.route.RouteRing;
import drcopy.netio.PacketSink;
import drcopy.netio.PacketSource;
import java.util.function.LongSupplier;

/**
 * What a shard is made of besides its engine. All of it belongs to the shard thread, except the inbox's other side.
 *
 * @param source captured packets
 * @param inbox what interceptors say
 * @param sink where packets to the target go
 * @param datagrams sends clients' datagrams on through the sink
 * @param routes the ring that the engine fills
 * @param streams serves the interceptors: hands on what is in the ring, and runs what they reported; never waits
 * @param ledger the shard's counters
 * @param clock monotonic nanoseconds, read once a cycle
 * @param sleeper waits for source or inbox
 * @param housekeeping run about once a second: counts what the kernel dropped, and the like
 */
public record ShardParts(
        PacketSource source,
        ShardInbox inbox,
        PacketSink sink,
        DatagramReplicator datagrams,
        RouteRing routes,
        Runnable streams,
        Ledger ledger,
        LongSupplier clock,
        Sleeper sleeper,
        Runnable housekeeping) {}
