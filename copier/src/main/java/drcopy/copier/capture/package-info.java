// SPDX-License-Identifier: Apache-2.0
/**
 * From captured packets to the engine's segments: which packets belong to which transfer, which sessions are in the sample,
 * which address stands for the client. Owned by the shard thread; knows neither kernel nor engine, only their contracts.
 */
package drcopy.copier.capture;
