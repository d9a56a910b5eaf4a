// SPDX-License-Identifier: Apache-2.0
/** {@code --check}: looks whether this host is ready, without sending anything to the target. */
package drcopy.copier.check;
