// SPDX-License-Identifier: Apache-2.0
/** The copier: its command, and the one place where its parts are put together. */
package drcopy.copier;
