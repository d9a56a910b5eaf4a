// SPDX-License-Identifier: Apache-2.0
/** Checks what operators are given: packages, units, dashboards, Ansible, documents. Reads files; runs programs that judge them. */
package drcopy.dist;
