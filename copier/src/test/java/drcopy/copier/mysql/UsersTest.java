// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsersTest {
    private static final byte[] SCRAMBLE = new byte[20];

    @Test
    void passwordIsAllBehindTheFirstAt() {
        Users users = Users.parse(List.of("app@p@ss word"), false);

        assertThat(users.secret("app").token(AuthPlugin.NATIVE, SCRAMBLE))
                .isEqualTo(Secret.ofPassword("p@ss word").token(AuthPlugin.NATIVE, SCRAMBLE));
        assertThat(users.secret("other")).isNull();
    }

    @Test
    void hashesServeAsWellAsThePassword() {
        Users users = Users.parse(
                List.of("app sha1=ffad33fe98ed7f701e9a1237b379e05576993806"
                        + " sha256=9b78d570ef1caab338a22120fcac47436d4b87bb96b7efbc66eae979e6313982"),
                false);
        Secret whole = Secret.ofPassword("other-at-target");

        assertThat(users.secret("app").token(AuthPlugin.NATIVE, SCRAMBLE))
                .isEqualTo(whole.token(AuthPlugin.NATIVE, SCRAMBLE));
        assertThat(users.secret("app").token(AuthPlugin.CACHING_SHA2, SCRAMBLE))
                .isEqualTo(whole.token(AuthPlugin.CACHING_SHA2, SCRAMBLE));
        assertThat(users.secret("app").isPasswordKnown()).isFalse();
    }

    @Test
    void emptyPasswordHasAnEmptyToken() {
        assertThat(Users.parse(List.of("app@"), false).secret("app").token(AuthPlugin.NATIVE, SCRAMBLE))
                .isEmpty();
    }

    @Test
    void everybodyIsKnownToATargetWithoutGrants() {
        assertThat(Users.parse(List.of(), true).secret("anybody")).isNotNull();
    }

    @Test
    void mistakesAreNamedWithoutTheirText() {
        assertThatThrownBy(() -> Users.parse(List.of("app@x", "topsecret"), false))
                .hasMessage("entry 2 must be user@password");
        assertThatThrownBy(() -> Users.parse(List.of("app sha1=topsecret"), false))
                .hasMessageNotContaining("topsecret")
                .hasMessageContaining("40");
        assertThat(Users.parse(List.of("app@topsecret"), false).toString()).isEqualTo("app");
    }
}
