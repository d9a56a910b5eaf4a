// SPDX-License-Identifier: Apache-2.0
package drcopy.coordinator.pool;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The JSON of znodes and of {@code --json}: names in lower case with underscores, unknown ones ignored. Any thread. */
public final class PoolJson {
    /** Version of what the znodes hold. */
    public static final int SCHEMA = 1;

    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping()
            .create();
    private static final Gson WITH_NULLS = GSON.newBuilder().serializeNulls().create();

    private PoolJson() {}

    /** One line of JSON; what is null is left out. */
    public static String text(Object value) {
        return GSON.toJson(value);
    }

    /** One line of JSON that names everything, also what is null. */
    public static String fullText(Object value) {
        return WITH_NULLS.toJson(value);
    }

    /** {@link #text} in UTF-8. */
    public static byte[] bytes(Object value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    /** What somebody wrote; empty when it is not of this form. */
    public static <T> Optional<T> read(byte[] bytes, Class<T> type) {
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(GSON.fromJson(new String(bytes, StandardCharsets.UTF_8), type));
        } catch (JsonParseException e) {
            return Optional.empty();
        }
    }
}
