// SPDX-License-Identifier: Apache-2.0
package drcopy.lab.load;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One client connection of the load, used again after it closed. Owned by the generator's thread. */
final class Connection {
    /** What the generator hears of a connection. */
    interface Listener {
        /** A request was answered; the connection is not free yet if it must end first. */
        void answered(Connection connection, int status, long latencyNs);

        /** A request failed; the connection is closed. */
        void failed(Connection connection, Failure failure);

        /** The connection takes the next request. */
        void free(Connection connection);
    }

    private enum State {
        CLOSED,
        CONNECTING,
        SENDING,
        RECEIVING,
        IDLE,
        /** Answered; the server's close is awaited. */
        ENDING
    }

    private final LoadPlan plan;
    private final int index;
    private final Listener listener;
    private final Response response = new Response();
    private State state = State.CLOSED;
    private SocketChannel channel;
    private SelectionKey key;
    private ByteBuffer request;
    private long requests;
    private long sentNs;

    Connection(LoadPlan plan, int index, Listener listener) {
        this.plan = plan;
        this.index = index;
        this.listener = listener;
    }

    int index() {
        return index;
    }

    /** How many requests it has taken. */
    long requests() {
        return requests;
    }

    /**
     * Sends a request, on a new connection unless there is one that idles.
     *
     * @return false when nothing was sent: the connection before still has the port, for the host was too busy to end it
     */
    boolean send(ByteBuffer next, Selector selector, long nowNs) {
        request = next;
        sentNs = nowNs;
        response.reset();
        try {
            if (state == State.IDLE) {
                state = State.SENDING;
                write();
            } else {
                open(selector);
            }
        } catch (BindException e) {
            close();
            return false;
        } catch (IOException e) {
            fail(Failure.BROKEN);
        }
        requests++;
        return true;
    }

    private void open(Selector selector) throws IOException {
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.bind(plan.client(index));
        state = State.CONNECTING;
        boolean isConnected = channel.connect(plan.target(index));
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (isConnected) {
            connected();
        }
    }

    /** Does what the channel is ready for. */
    void onReady(ByteBuffer scratch) {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                connected();
            } else if (key.isWritable()) {
                write();
            }
            if (key.isValid() && key.isReadable()) {
                read(scratch);
            }
        } catch (IOException e) {
            fail(Failure.BROKEN);
        }
    }

    private void connected() throws IOException {
        state = State.SENDING;
        write();
    }

    private void write() throws IOException {
        channel.write(request);
        if (request.hasRemaining()) {
            key.interestOps(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
            return;
        }
        if (plan.style() == Style.HALF_CLOSE) {
            channel.shutdownOutput();
        }
        request = null;
        state = State.RECEIVING;
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(ByteBuffer scratch) throws IOException {
        scratch.clear();
        int length = channel.read(scratch);
        if (length < 0) {
            ended();
            return;
        }
        scratch.flip();
        boolean isAwaiting = state == State.RECEIVING || state == State.SENDING;
        if (isAwaiting && response.feed(scratch)) {
            whole();
        }
    }

    private void ended() throws IOException {
        switch (state) {
            case IDLE -> close();
            case ENDING -> {
                close();
                listener.free(this);
            }
            case RECEIVING -> {
                if (response.isWholeAtClose()) {
                    whole();
                } else {
                    fail(Failure.BROKEN);
                }
            }
            case CONNECTING, SENDING, CLOSED -> fail(Failure.BROKEN);
        }
    }

    private void whole() throws IOException {
        listener.answered(this, response.status(), System.nanoTime() - sentNs);
        switch (plan.style()) {
            case KEEPALIVE -> {
                state = State.IDLE;
                listener.free(this);
            }
            case RESET -> {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                close();
                listener.free(this);
            }
            case SHORT, HALF_CLOSE -> state = State.ENDING;
        }
    }

    /** Fails what has waited longer than the plan's patience. */
    void onClock(long nowNs) {
        boolean isWaiting = state != State.CLOSED && state != State.IDLE;
        if (isWaiting && nowNs - sentNs > plan.timeout().toNanos()) {
            fail(Failure.TIMED_OUT);
        }
    }

    private void fail(Failure failure) {
        State before = state;
        close();
        if (before == State.IDLE) {
            return; // it is free already
        }
        if (before != State.ENDING) {
            listener.failed(this, failure);
        }
        listener.free(this);
    }

    /** Closes without a word to the listener. */
    void close() {
        state = State.CLOSED;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("close of a socket failed", e);
            }
        }
    }
}
