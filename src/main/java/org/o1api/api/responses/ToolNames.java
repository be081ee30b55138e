package org.o1api.api.responses;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a provider knows the tools of a request. A provider has no namespaces, so a tool of a namespace gets a name that
 * contains it. The same tools have the same names in each request, so that providers can cache prompts.
 */
final class ToolNames {
    /** The maximum length of a name in OpenAI's API. */
    private static final int MAX_LENGTH = 64;

    private static final int HASH_LENGTH = 8;
    private static final Pattern INVALID = Pattern.compile("[^A-Za-z0-9_-]");

    /**
     * A tool as the client names it.
     *
     * @param namespace null: none
     */
    record Tool(Kind kind, @Nullable String namespace, String name) {}

    enum Kind {
        FUNCTION,
        /** A tool whose input is a text instead of JSON. */
        CUSTOM
    }

    private record Key(@Nullable String namespace, String name) {}

    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final Map<Key, String> names = new HashMap<>();

    ToolNames(Collection<Tool> all) {
        all.stream().filter(tool -> tool.namespace == null).forEach(tool -> put(tool.name, tool));
        for (Tool tool : all) {
            if (tool.namespace != null && !names.containsKey(new Key(tool.namespace, tool.name))) {
                String joined = joined(tool.namespace, tool.name);
                put(tools.containsKey(joined) ? hashed(joined, tool.namespace, tool.name) : joined, tool);
            }
        }
    }

    /** Tools whose provider's names are known. */
    static ToolNames of(Map<String, Tool> byProviderName) {
        ToolNames names = new ToolNames(List.of());
        byProviderName.forEach(names::put);
        return names;
    }

    private void put(String providerName, Tool tool) {
        if (tools.putIfAbsent(providerName, tool) == null) {
            names.put(new Key(tool.namespace, tool.name), providerName);
        }
    }

    /** The tools by the provider's names. */
    Map<String, Tool> all() {
        return Collections.unmodifiableMap(tools);
    }

    /** The provider's names of the tools of each namespace. The caller may change the map. */
    Map<String, List<String>> byNamespace() {
        Map<String, List<String>> namespaces = new HashMap<>();
        tools.forEach((providerName, tool) -> {
            if (tool.namespace != null) {
                namespaces
                        .computeIfAbsent(tool.namespace, namespace -> new ArrayList<>())
                        .add(providerName);
            }
        });
        return namespaces;
    }

    /** Whether the request has a tool. */
    boolean contains(@Nullable String namespace, String name) {
        return names.containsKey(new Key(namespace, name));
    }

    /** The provider's name of a tool, which may be one of an earlier request. */
    String providerName(@Nullable String namespace, String name) {
        String known = names.get(new Key(namespace, name));
        return known != null ? known : namespace == null ? name : joined(namespace, name);
    }

    /** The tool that a model calls by this name. A tool that the request does not have is taken for a function. */
    Tool called(String providerName) {
        Tool tool = tools.get(providerName);
        return tool == null ? new Tool(Kind.FUNCTION, null, providerName) : tool;
    }

    private static String joined(String namespace, String name) {
        String joined = INVALID.matcher(namespace + "__" + name).replaceAll("_");
        return joined.length() <= MAX_LENGTH ? joined : hashed(joined, namespace, name);
    }

    private static String hashed(String joined, String namespace, String name) {
        int kept = Math.min(joined.length(), MAX_LENGTH - HASH_LENGTH - 1);
        return joined.substring(0, kept) + "_" + hash(namespace + "\n" + name);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
