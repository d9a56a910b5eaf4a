// SPDX-License-Identifier: Apache-2.0
/** {@code bin/coordinator}: one class for each command. */
package drcopy.coordinator.command;
