package org.o1api.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run, one line each, in {@code results.jsonl} of its folder. A result is appended by a single write as soon as its turn
 * has ended, so a killed process leaves at most one incomplete line, which the next run removes. If a turn is run again, the later line
 * counts. Safe for concurrent use.
 */
final class ResultFile implements AutoCloseable {
    static final String NAME = "results.jsonl";

    private final FileChannel file;
    private final FileLock lock;
    private final Map<Trial.Key, TrialResult> results = new LinkedHashMap<>();
    private final List<TrialResult> superseded = new ArrayList<>();

    private ResultFile(FileChannel file, FileLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Opens the file of a folder, which is created if necessary, and reads the results of earlier runs.
     *
     * @throws EvaluationException if another process uses it, or it cannot be written
     */
    static ResultFile open(Path folder) {
        Path path = folder.resolve(NAME);
        try {
            Files.createDirectories(folder);
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean opened = false;
            try {
                FileLock lock = lock(file);
                if (lock == null) {
                    throw new EvaluationException("Another evaluation is writing to " + folder + ".");
                }
                ResultFile results = new ResultFile(file, lock);
                results.read(Files.readAllBytes(path));
                opened = true;
                return results;
            } finally {
                if (!opened) {
                    file.close();
                }
            }
        } catch (IOException e) {
            throw new EvaluationException(path + " cannot be used: " + e);
        }
    }

    private static @Nullable FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Reads the complete lines, and removes what follows them. */
    private void read(byte[] bytes) throws IOException {
        int complete = bytes.length;
        while (complete > 0 && bytes[complete - 1] != '\n') {
            complete--;
        }
        new String(bytes, 0, complete, StandardCharsets.UTF_8)
                .lines()
                .forEach(line -> TrialJson.read(line).ifPresent(this::put));
        file.truncate(complete);
        file.position(complete);
    }

    private void put(TrialResult result) {
        TrialResult earlier = results.put(result.trial(), result);
        if (earlier != null) {
            superseded.add(earlier);
        }
    }

    /** Appends a result, which supersedes an earlier one of the same trial. */
    synchronized void add(TrialResult result) {
        byte[] line = TrialJson.bytes(result);
        ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n');
        bytes.flip();
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be written", e);
        }
        put(result);
    }

    /** The results of earlier attempts of turns that were run again. */
    synchronized List<TrialResult> superseded() {
        return List.copyOf(superseded);
    }

    /** The last result of each trial, also those of earlier runs, in the order in which the trials were added. */
    synchronized Map<Trial.Key, TrialResult> results() {
        return new LinkedHashMap<>(results);
    }

    @Override
    public synchronized void close() {
        try {
            lock.release();
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be closed", e);
        }
    }
}
