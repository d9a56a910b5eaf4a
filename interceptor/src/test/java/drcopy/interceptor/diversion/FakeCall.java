// SPDX-License-Identifier: Apache-2.0
package drcopy.interceptor.diversion;

import drcopy.interceptor.summary.ResponseRecord;
import drcopy.v1.AttachResponse;
import io.grpc.stub.ServerCallStreamObserver;

/** gRPC's side of a stream without a network: counts the records it is given. One thread. */
final class FakeCall extends ServerCallStreamObserver<AttachResponse> {
    private long records;
    private boolean isEnded;

    long records() {
        return records;
    }

    boolean isEnded() {
        return isEnded;
    }

    @Override
    public void onNext(AttachResponse message) {
        records += message.getResponses().getRecords().size() / ResponseRecord.LENGTH;
    }

    @Override
    public void onError(Throwable error) {
        isEnded = true;
    }

    @Override
    public void onCompleted() {
        isEnded = true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setOnReadyThreshold(int bytes) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void request(int count) {}
}
