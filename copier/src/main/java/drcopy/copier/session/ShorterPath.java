// SPDX-License-Identifier: Apache-2.0
package drcopy.copier.session;

/** Replicas found that IP packets of more than {@code bytes} do not reach the target. */
public record ShorterPath(Target target, int bytes) {}
