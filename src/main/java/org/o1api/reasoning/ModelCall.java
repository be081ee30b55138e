package org.o1api.reasoning;

import org.o1api.model.CallRecord;
import org.o1api.upstream.CallRequest;

/** A call that a strategy wants to make, and what its output is used for. */
public record ModelCall(CallRequest request, CallRecord.Purpose purpose) {}
