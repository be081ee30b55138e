package org.o1api.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request received by a fake upstream, and methods that write its reply. Everything is flushed immediately. */
public final class FakeExchange {
    /** The client closed its connection before the end of the reply. */
    static final class ClientDisconnected extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MILLIS = 20_000;

    private final FakeUpstream.Request request;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private boolean chunked;
    private boolean ended;
    private boolean closed;

    FakeExchange(FakeUpstream.Request request, Socket socket, InputStream in) throws IOException {
        this.request = request;
        this.socket = socket;
        this.in = in;
        this.out = socket.getOutputStream();
    }

    public FakeUpstream.Request request() {
        return request;
    }

    /** Starts an event stream: status 200 and headers. */
    public FakeExchange stream(String... headers) throws IOException {
        chunked = true;
        return raw(head(200, "text/event-stream", "Transfer-Encoding: chunked", headers));
    }

    /** Sends a complete response. */
    public FakeExchange reply(int status, String contentType, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        raw(head(status, contentType, "Content-Length: " + bytes.length, headers));
        raw(bytes);
        ended = true;
        return this;
    }

    /** A chunk with this text as the content of its delta. */
    public FakeExchange text(String text) throws IOException {
        return delta("{\"content\":" + quoted(text) + "}");
    }

    /** A chunk for each text. */
    public FakeExchange texts(String... texts) throws IOException {
        for (String text : texts) {
            text(text);
        }
        return this;
    }

    /** A chunk for each word, with the space before it. */
    public FakeExchange words(String text) throws IOException {
        for (String word : text.split("(?= )", -1)) {
            text(word);
        }
        return this;
    }

    public FakeExchange reasoning(String text) throws IOException {
        return delta("{\"reasoning_content\":" + quoted(text) + "}");
    }

    /** A chunk with this JSON as its delta. */
    public FakeExchange delta(String json) throws IOException {
        return event(chunk("[{\"index\":0,\"delta\":" + json + ",\"finish_reason\":null}]", ""));
    }

    public FakeExchange finish(String reason) throws IOException {
        return event(chunk("[{\"index\":0,\"delta\":{},\"finish_reason\":" + quoted(reason) + "}]", ""));
    }

    /** The last chunk of a stream with {@code include_usage}, which has no choices. */
    public FakeExchange usage(long input, long output) throws IOException {
        return event(chunk("[]", ",\"usage\":{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output + "}"));
    }

    private static String chunk(String choices, String more) {
        return "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fake\",\"choices\":"
                + choices + more + "}";
    }

    /** An event with this data. */
    public FakeExchange event(String data) throws IOException {
        return body("data: " + data + "\n\n");
    }

    /** A named event. */
    public FakeExchange event(String name, String data) throws IOException {
        return body("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** {@code [DONE]} and the end of the body; the connection stays open. */
    public FakeExchange done() throws IOException {
        return event("[DONE]").end();
    }

    /** The end of the body; the connection stays open. */
    public FakeExchange end() throws IOException {
        ended = true;
        return chunked ? raw("0\r\n\r\n") : this;
    }

    /** A piece of the body, as a separate chunk if the body is chunked. */
    public FakeExchange body(String text) throws IOException {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    public FakeExchange body(byte[] bytes) throws IOException {
        if (!chunked) {
            return raw(bytes);
        }
        byte[] size = (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[size.length + bytes.length + 2];
        System.arraycopy(size, 0, all, 0, size.length);
        System.arraycopy(bytes, 0, all, size.length, bytes.length);
        all[all.length - 2] = '\r';
        all[all.length - 1] = '\n';
        return raw(all);
    }

    /** Raw bytes of the response, including head and chunk sizes. */
    public FakeExchange raw(String text) throws IOException {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    public FakeExchange raw(byte[] bytes) throws IOException {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            throw new ClientDisconnected();
        }
        return this;
    }

    /** Resets the connection, as a crashed process does. */
    public void reset() throws IOException {
        closed = true;
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Closes the connection with a FIN. */
    public void close() throws IOException {
        closed = true;
        socket.close();
    }

    /** Waits for the latch. */
    public FakeExchange await(CountDownLatch latch) throws IOException, InterruptedException {
        if (!latch.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IOException("the script timed out waiting for the latch");
        }
        return this;
    }

    /** Waits until the client has closed its connection, then ends the script. */
    public void awaitDisconnect() throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        try {
            if (in.read() >= 0) {
                throw new IOException("the client sent data instead of disconnecting");
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the client did not disconnect", e);
        } catch (IOException e) {
            // A reset is a disconnect, too.
        }
        throw new ClientDisconnected();
    }

    /** Whether the connection can serve another request. */
    boolean isConnectionReusable() {
        return ended && !closed;
    }

    private static String head(int status, String contentType, String length, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Fake\r\nContent-Type: " + contentType + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append(length).append("\r\n\r\n").toString();
    }

    /** A text as a JSON string. */
    public static String quoted(@Nullable String text) {
        try {
            return JSON.writeValueAsString(TextNode.valueOf(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
