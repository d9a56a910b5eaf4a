// SPDX-License-Identifier: Apache-2.0
package drcopy.netio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void kernelExceptionNamesCallErrorAndMeaning() {
        assertThat(new KernelException("sendto(raw, 1480 bytes)", 90))
                .hasMessage("sendto(raw, 1480 bytes) -> EMSGSIZE(90): packet exceeds MTU");
        assertThat(new KernelException("x()", 77)).hasMessage("x() -> errno(77): see errno(3)");
    }

    @Test
    void failedCallsLeaveTheirErrno() {
        assertThat(Libc.close(-1)).isEqualTo(-1);
        assertThat(Libc.errno()).isEqualTo(Errno.EBADF.number());
    }

    @Test
    void sendErrorsCountByName() {
        SendErrors errors = new SendErrors();
        errors.add(90, 2);
        errors.add(1, 1);
        errors.add(90, 1);

        assertThat(errors.count(Errno.EMSGSIZE)).isEqualTo(3);
        assertThat(errors.total()).isEqualTo(4);
        assertThat(errors.byName()).containsEntry("EMSGSIZE(90)", 3L).containsEntry("EPERM(1)", 1L);
    }
}
