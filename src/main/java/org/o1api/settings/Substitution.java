package org.o1api.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.commons.text.StringSubstitutor;
import org.apache.commons.text.TextStringBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Substitutes <code>${NAME}</code>, <code>${NAME:-default}</code> and <code>${file:/path}</code> in values. Substituted text is not
 * substituted again, and <code>$${</code> is a plain <code>${</code>.
 */
public final class Substitution {
    private static final int FILE_LIMIT = 64 << 10;
    private static final String FILE = "file:";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private final Function<String, @Nullable String> environment;

    public Substitution(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    public String apply(String text) throws UnresolvedException {
        if (!text.contains("${")) {
            return text;
        }
        Variables variables = new Variables();
        variables.setDisableSubstitutionInValues(true);
        return variables.replace(text);
    }

    private @Nullable String variable(String name, boolean hasDefault) {
        if (!NAME.matcher(name).matches()) {
            throw new UnresolvedException(
                    "cannot be resolved, allowed: ${NAME}, ${NAME:-default}, ${file:/path}, and $${ for a plain ${");
        }
        String value = environment.apply(name);
        if (value == null && !hasDefault) {
            throw new UnresolvedException(
                    "${" + name + "} is not set; set it, or give it a default: ${" + name + ":-default}");
        }
        return value != null && value.isEmpty() && hasDefault ? null : value; // as in a shell
    }

    private static String file(String path) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(FILE_LIMIT + 1);
            if (bytes.length > FILE_LIMIT) {
                throw new UnresolvedException("the file " + path + " is larger than " + SizeText.format(FILE_LIMIT));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (NoSuchFileException e) {
            throw new UnresolvedException("the file " + path + " does not exist", e);
        } catch (CharacterCodingException e) {
            throw new UnresolvedException("the file " + path + " is not UTF-8 text", e);
        } catch (IOException | InvalidPathException e) {
            throw new UnresolvedException("the file " + path + " cannot be read", e);
        }
    }

    /** The library's parser with our own lookups only: its default ones run scripts and fetch URLs. */
    private final class Variables extends StringSubstitutor {
        @Override
        protected @Nullable String resolveVariable(String name, TextStringBuilder text, int start, int end) {
            return name.startsWith(FILE)
                    ? file(name.substring(FILE.length()))
                    : variable(name, end - start > "${}".length() + name.length());
        }
    }

    /** A variable cannot be resolved. The message says why. */
    public static final class UnresolvedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnresolvedException(String message) {
            super(message);
        }

        UnresolvedException(String message, Exception cause) {
            super(message, cause);
        }
    }
}
