// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.route;

/**
 * Routes that came and went, as one message has them, laid out as in {@code RouteBatch}. Every interceptor gets the same bytes: nobody
 * writes to the arrays any more.
 */
public final class RouteChanges {
    private final byte[] add;
    private final int addLength;
    private final byte[] remove;
    private final int removeLength;

    /**
     * Takes the arrays over.
     *
     * @param add records, {@link RouteRecord#LENGTH} bytes each
     * @param addLength bytes of them in use
     * @param remove route ids, 8 bytes each
     * @param removeLength bytes of them in use
     */
    public RouteChanges(byte[] add, int addLength, byte[] remove, int removeLength) {
        this.add = add;
        this.addLength = addLength;
        this.remove = remove;
        this.removeLength = removeLength;
    }

    /** Records of routes that came; {@link #addLength} bytes are in use. */
    public byte[] add() {
        return add;
    }

    public int addLength() {
        return addLength;
    }

    /** Ids of routes that went; {@link #removeLength} bytes are in use. */
    public byte[] remove() {
        return remove;
    }

    public int removeLength() {
        return removeLength;
    }

    /** Bytes of both. */
    int length() {
        return addLength + removeLength;
    }
}
