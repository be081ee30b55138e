package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.llm.RawJson;

/** Reads what a request says of tools: which there are, and the calls that a model made. Types that we do not know pass. */
final class ToolReader {
    private final JsonReader json;

    ToolReader(JsonReader json) {
        this.json = json;
    }

    /** The list of tools; null where it is empty. */
    @Nullable
    RawJson tools(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of tools");
        int start = json.start();
        int count = 0;
        while (json.next() != JsonToken.END_ARRAY) {
            tool(path + "[" + count++ + "]");
        }
        return count == 0 ? null : json.since(start);
    }

    private void tool(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        String type = null;
        boolean hasFunction = false;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            switch (field) {
                case "type" -> type = json.string(path + ".type");
                case "function" -> {
                    function(path + ".function");
                    hasFunction = true;
                }
                default -> json.skip();
            }
        }
        if (type == null) {
            throw RequestException.missing(path + ".type");
        }
        if (type.equals("function") && !hasFunction) {
            throw RequestException.missing(path + ".function");
        }
    }

    private void function(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        boolean named = false;
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            switch (field) {
                case "name" -> {
                    json.name(path + ".name");
                    named = true;
                }
                case "description" -> json.string(path + ".description");
                case "parameters" -> {
                    json.require(JsonToken.START_OBJECT, path + ".parameters", "an object");
                    json.skip();
                }
                default -> json.skip();
            }
        }
        if (!named) {
            throw RequestException.missing(path + ".name");
        }
    }

    /** The calls that an assistant's message tells of. */
    RawJson calls(String path) {
        json.require(JsonToken.START_ARRAY, path, "a list of tool calls");
        int start = json.start();
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            call(path + "[" + i + "]");
        }
        return json.since(start);
    }

    private void call(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            switch (field) {
                case "id", "type" -> json.string(path + "." + field);
                case "function" -> calledFunction(path + ".function");
                default -> json.skip();
            }
        }
    }

    private void calledFunction(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        for (String field = json.nextGiven(); field != null; field = json.nextGiven()) {
            switch (field) {
                case "name" -> json.name(path + ".name");
                case "arguments" -> json.string(path + ".arguments");
                default -> json.skip();
            }
        }
    }
}
