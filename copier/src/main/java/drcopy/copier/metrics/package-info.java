// SPDX-License-Identifier: Apache-2.0
/** Shows the books: metrics, the line of progress, the closing report. Reads counters from any thread; changes nothing. */
package drcopy.copier.metrics;
