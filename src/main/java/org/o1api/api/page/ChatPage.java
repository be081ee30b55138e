package org.o1api.api.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All files of the chat page, by their paths relative to the context path. The path of everything that the page loads contains a hash
 * of all files: it may be cached forever, and modules that import each other are always of the same version.
 */
public final class ChatPage {
    /** The path of the page itself. */
    static final String PATH = "/";

    /** The folder of everything that the page loads, in the web application and in URLs. */
    static final String ASSETS = "/assets/";

    /** The folder of the libraries in {@link #ASSETS}. */
    static final String LIBRARIES = "lib/";

    private static final String INDEX = "/index.html";
    /** Stands for the version in the page. */
    private static final String VERSION_MARK = "{version}";

    private static final int VERSION_LENGTH = 16;

    private final Map<String, PageFile> files;
    private final String version;

    private ChatPage(Map<String, PageFile> files, String version) {
        this.files = Map.copyOf(files);
        this.version = version;
    }

    /**
     * Reads all files.
     *
     * @param list returns the paths of the files in a folder of the web application
     * @param open opens a file of the web application; null if it does not exist
     */
    public static ChatPage load(
            Function<String, @Nullable Set<String>> list, Function<String, @Nullable InputStream> open) {
        try {
            Map<String, byte[]> assets = new TreeMap<>();
            for (String path : Objects.requireNonNull(list.apply(ASSETS))) {
                assets.put(path.substring(ASSETS.length()), read(path, open));
            }
            for (Library library : Library.ALL) {
                library.read().forEach((name, content) -> assets.put(LIBRARIES + name, content));
            }
            String index = new String(read(INDEX, open), StandardCharsets.UTF_8);
            String version = version(index, assets);
            Map<String, PageFile> files = new HashMap<>();
            assets.forEach((name, content) ->
                    files.put(ASSETS + version + "/" + name, new PageFile(content, PageFileType.of(name))));
            files.put(
                    PATH,
                    new PageFile(
                            index.replace(VERSION_MARK, version).getBytes(StandardCharsets.UTF_8), PageFileType.HTML));
            return new ChatPage(files, version);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String path, Function<String, @Nullable InputStream> open) throws IOException {
        try (InputStream in = open.apply(path)) {
            return Objects.requireNonNull(in, path).readAllBytes();
        }
    }

    private static String version(String index, Map<String, byte[]> assets) {
        MessageDigest digest = sha256();
        digest.update(index.getBytes(StandardCharsets.UTF_8));
        assets.forEach((name, content) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(content);
        });
        return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /** The hash of all files. */
    String version() {
        return version;
    }

    /** Returns the file with a path, which is relative to the context path; null if there is none. */
    @Nullable
    PageFile find(String path) {
        return files.get(path);
    }

    /** The paths of all files. */
    Set<String> paths() {
        return files.keySet();
    }
}
