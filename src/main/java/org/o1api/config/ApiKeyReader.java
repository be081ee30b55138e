package org.o1api.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.o1api.auth.ApiKey;
import org.o1api.auth.ApiKeys;
import org.o1api.model.Budget;
import org.o1api.model.PriceList;
import org.o1api.reasoning.BudgetReader;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Presets;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the API keys: {@code api_bearer_token} and those under {@code api_keys}. */
final class ApiKeyReader {
    private static final String TOKEN = "api_bearer_token";
    private static final String TOKEN_NAME = "default";
    private static final Set<String> SAMPLE_TOKENS = Set.of("your_api_bearer_token", "your_api_bearer_token_here");
    private static final Pattern PRINTABLE = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{1,128}");
    private static final ValueType<String> NAME = ValueType.LINE.where(
            "a printable name of at most 128 characters, without leading or trailing spaces",
            name -> PRINTABLE.matcher(name).matches() && name.equals(name.strip()));
    private static final String PLACEHOLDER_HASH = "0".repeat(64);

    private final Presets presets;
    private final PriceList prices;
    private final ValueType<String> presetName;
    private final List<ApiKey> keys = new ArrayList<>();

    private ApiKeyReader(Presets presets, PriceList prices) {
        this.presets = presets;
        this.prices = prices;
        List<String> names = presets.all().stream().map(Preset::name).toList();
        presetName = ValueType.reference("the name of a preset", names)
                .withNote(found -> presets.named(found)
                        .map(owner -> ", an alias of the preset " + owner.name())
                        .orElse(""));
    }

    /** Reads the keys; empty if none is configured. */
    static List<ApiKey> read(Section root, Presets presets, PriceList prices) {
        ApiKeyReader reader = new ApiKeyReader(presets, prices);
        String token = root.find(TOKEN, ValueType.API_KEY);
        if (token != null && !SAMPLE_TOKENS.contains(token)) {
            reader.keys.add(new ApiKey(TOKEN_NAME, ApiKeys.sha256(token), Set.of()));
        }
        root.list("api_keys", reader::key);
        return reader.keys;
    }

    private ApiKey key(Section section) {
        String name = section.require("name", NAME, "");
        String hash = hash(section);
        Set<String> allowed = section.set("presets", presetName, "all presets");
        if (!name.isEmpty() && keys.stream().anyMatch(other -> other.name().equals(name))) {
            section.addProblem("name", "found '" + name + "' twice, allowed: a different name for each key");
        }
        Budget.Limits budget =
                section.section("budget", limits -> BudgetReader.limits(limits, usable(allowed), prices));
        ApiKey read = new ApiKey(name, hash, allowed, budget);
        keys.stream()
                .filter(other ->
                        other.sha256().equals(read.sha256()) && !read.sha256().equals(PLACEHOLDER_HASH))
                .forEach(other -> section.addProblem(
                        "name",
                        "'" + name + "' has the same key as '" + other.name()
                                + "', allowed: a different key for each name"));
        keys.add(read);
        return read;
    }

    private List<Preset> usable(Set<String> allowed) {
        return presets.all().stream()
                .filter(preset -> allowed.isEmpty() || allowed.contains(preset.name()))
                .toList();
    }

    private static String hash(Section section) {
        int problemsBefore = section.problemCount();
        String key = section.find("key", ValueType.API_KEY);
        String hash = section.find("sha256", ValueType.SHA256_HEX);
        if (key != null && hash != null) {
            section.addProblem("sha256", "is set together with key, allowed: only one of them");
        } else if (key != null) {
            return ApiKeys.sha256(key);
        } else if (hash != null) {
            return hash.toLowerCase(Locale.ROOT);
        } else if (section.problemCount() == problemsBefore) {
            section.addMissing("key", "either key or sha256");
        }
        return PLACEHOLDER_HASH;
    }
}
