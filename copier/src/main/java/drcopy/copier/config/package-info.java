// SPDX-License-Identifier: Apache-2.0
/**
 * The copier's command line as immutable records, checked when they are made. Pure but for the look at the command line's
 * own words: no file, socket or name is opened here. May import picocli, {@code drcopy.agent}, {@code drcopy.wire} and the JDK.
 */
package drcopy.copier.config;
