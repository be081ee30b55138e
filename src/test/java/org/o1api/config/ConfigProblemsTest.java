package org.o1api.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.Gateway;
import org.o1api.settings.ConfigException;

class ConfigProblemsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("WORD", "hidden-word", "EMPTY", "");

    /** In {@code file}, a semicolon stands for a line break. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    hartbeat: 1s                            | 1: hartbeat: unknown key; did you mean heartbeat?
                    Reasoning-Format: think                 | 1: Reasoning-Format: unknown key; did you mean reasoning_format?
                    limits: { zzz: 1 }                      | 1: limits.zzz: unknown key; allowed: body, messages, depth, values, body_time, bodies, turns, turns_per_caller
                    presets:;  o1:;    steps: { mni: 1 }    | 3: presets.o1.steps.mni: unknown key; did you mean min?
                    presets:;  gpt-4.1:;    modle: x        | 3: presets.'gpt-4.1'.modle: unknown key; did you mean model?
                    legacy_response: no                     | 1: legacy_response: found 'no', allowed: true, false
                    legacy_response: [true]                 | 1: legacy_response: found a list, allowed: true, false
                    legacy_response: {}                     | 1: legacy_response: found a section, allowed: true, false
                    limits: { messages: many }              | 1: limits.messages: found 'many', allowed: a whole number, 1 to 1000000
                    limits: { messages: 0 }                 | 1: limits.messages: found '0', allowed: a whole number, 1 to 1000000
                    limits: { messages: 1.5 }               | 1: limits.messages: found '1.5', allowed: a whole number, 1 to 1000000
                    limits: { messages: -1 }                | 1: limits.messages: found '-1', allowed: a whole number, 1 to 1000000
                    limits: { depth: 0x10 }                 | 1: limits.depth: found '0x10', allowed: a whole number, 8 to 1000
                    limits: { body: 1GB }                   | 1: limits.body: found '1GB', allowed: a size, 1KiB to 1GiB
                    limits: { body: 99999MiB }              | 1: limits.body: found '99999MiB', allowed: a size, 1KiB to 1GiB
                    limits: 5                               | 1: limits: found a single value, allowed: a section of keys and values
                    default_model: m;heartbeat: 500         | 2: heartbeat: found '500', allowed: a duration, 10ms to 10m, or off
                    heartbeat: 1d                           | 1: heartbeat: found '1d', allowed: a duration, 10ms to 10m, or off
                    heartbeat: 11m                          | 1: heartbeat: found '11m', allowed: a duration, 10ms to 10m, or off
                    heartbeat: -1s                          | 1: heartbeat: found '-1s', allowed: a duration, 10ms to 10m, or off
                    reasoning_format: markdwn               | 1: reasoning_format: found 'markdwn', allowed: reasoning_content, reasoning, both, think, markdown, details, none; did you mean markdown?
                    default_api_url: llm.example.org/v1     | 1: default_api_url: found 'llm.example.org/v1', allowed: an http:// or https:// URL with a host
                    default_api_url: ftp://llm/v1           | 1: default_api_url: found 'ftp://llm/v1', allowed: an http:// or https:// URL with a host
                    default_api_url: ftp://me:pw@h/?k=sk    | 1: default_api_url: found 'ftp://...@h/?...', allowed: an http:// or https:// URL with a host
                    default_api_url: http://llm/v1          | 1: default_model: is missing, allowed: the name of the provider's model, or presets instead
                    upstreams: { a: { url: "http://a/" } }  | 1: default_model: is missing, allowed: the name of the provider's model, or presets instead
                    default_model: m;default_api_url: http://me:pw@h/v1 | 2: default_api_url: found a user or a password in the URL, allowed: a URL without them; set the provider's key in model_provider_api_key
                    default_model: m;default_api_url: https://sk-pw@h/v1 | 2: default_api_url: found a user or a password in the URL, allowed: a URL without them; set the provider's key in model_provider_api_key
                    default_model: m;upstreams: { a: { url: "http://me:pw@h/" } } | 2: upstreams.a.url: found a user or a password in the URL, allowed: a URL without them; set the provider's key in api_key
                    api_bearer_token: a b                   | 1: api_bearer_token: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_bearer_token: "ab "                 | 1: api_bearer_token: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_bearer_token: " ab"                 | 1: api_bearer_token: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_bearer_token: schlüssel             | 1: api_bearer_token: found a value (not shown), allowed: visible ASCII characters without spaces
                    model_provider_api_key: "sk-\u00a0"     | 1: model_provider_api_key: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_keys: [ { name: a, key: 密钥 } ]     | 1: api_keys[0].key: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_keys: [ { name: a, key: "x " } ]    | 1: api_keys[0].key: found a value (not shown), allowed: visible ASCII characters without spaces
                    api_keys: [ { name: "a ", key: x } ]    | 1: api_keys[0].name: found 'a', allowed: a printable name of at most 128 characters, without leading or trailing spaces
                    default_model: m;upstreams: { a: { url: "http://a/", api_key: "ä" } } | 2: upstreams.a.api_key: found a value (not shown), allowed: visible ASCII characters without spaces
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { X: "ä" } } } | 2: upstreams.a.headers.X: found a value (not shown), allowed: visible ASCII characters, with spaces only between them
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { X: "a " } } } | 2: upstreams.a.headers.X: found a value (not shown), allowed: visible ASCII characters, with spaces only between them
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { X: "a\tb" } } } | 2: upstreams.a.headers.X: found a value (not shown), allowed: visible ASCII characters, with spaces only between them
                    default_model: m;upstreams: { a: { url: "https://a/", tls: { ca: /no/such.pem } } } | 2: upstreams.a.tls.ca: the file '/no/such.pem' does not exist
                    default_model: m;upstreams: { a: { url: "https://a/", tls: { ca: pom.xml } } } | 2: upstreams.a.tls.ca: 'pom.xml' cannot be read as certificates, allowed: a PEM file with one or more certificates
                    default_model: m;upstreams: { a: { url: "https://a/", tls: { keystore: /no/such.p12 } } } | 2: upstreams.a.tls.keystore: the file '/no/such.p12' does not exist
                    default_model: m;upstreams: { a: { url: "https://a/", tls: { keystore: pom.xml, keystore_password: x } } } | 2: upstreams.a.tls.keystore: 'pom.xml' is not a PKCS12 file, allowed: a PKCS12 file with a private key and its certificate
                    default_model: m;upstreams: { a: { url: "https://a/", tls: { keystore_password: x } } } | 2: upstreams.a.tls.keystore: is missing, allowed: the PKCS12 file that keystore_password opens
                    default_model: m;upstreams: { a: { url: "https://a/", relearn_after: 0s } } | 2: upstreams.a.relearn_after: found '0s', allowed: a duration, 1s to 30d
                    models: { m: { price: { input: 1 } } }  | 1: models.m.price.output: is missing, allowed: a number, 0 to 1000000
                    models: { m: { price: { input: -1, output: 1 } } } | 1: models.m.price.input: found '-1', allowed: a number, 0 to 1000000
                    models: { m: { price: { input: 1e3, output: 1 } } } | 1: models.m.price.input: found '1e3', allowed: a number, 0 to 1000000
                    models: { m: { price: { input: 1, output: 1, cached: 1 } } } | 1: models.m.price.cached: unknown key; allowed: input, output, cached_input, cache_write
                    models: { m: { price: 5 } }             | 1: models.m.price: found a single value, allowed: a section of keys and values
                    models: { m: { context: 0 } }           | 1: models.m.context: found '0', allowed: a whole number, 1 to 1000000000
                    models: { m: { effort: reasoning_efort } } | 1: models.m.effort: found 'reasoning_efort', allowed: none, reasoning_effort, reasoning, thinking; did you mean reasoning_effort?
                    default_model: m;upstreams: { a: { url: "http://a/", models: { m: { max_outpt: 1 } } } } | 2: upstreams.a.models.m.max_outpt: unknown key; did you mean max_output?
                    default_model: m;upstreams: { a: }      | 2: upstreams.a.url: is missing, allowed: an http:// or https:// URL with a host
                    default_model: m;upstreams: { a: { url: "${EMPTY}" } } | 2: upstreams.a.url: is missing, allowed: an http:// or https:// URL with a host
                    default_model: m;upstreams: { a: { url: "http://a/", attempts: 11 } } | 2: upstreams.a.attempts: found '11', allowed: a whole number, 1 to 10
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { transfer-encoding: a } } } | 2: upstreams.a.headers.transfer-encoding: invalid name, allowed: a header name other than Content-Length, Transfer-Encoding, x-o1-depth
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { X-O1-Depth: 0 } } } | 2: upstreams.a.headers.X-O1-Depth: invalid name, allowed: a header name other than Content-Length, Transfer-Encoding, x-o1-depth
                    default_model: m;upstreams: { a: { url: "http://a/", headers: { "X Y": a } } } | 2: upstreams.a.headers.X: invalid name, allowed: a header name other than Content-Length, Transfer-Encoding, x-o1-depth (only the start of the key is shown; is a space missing after a colon?)
                    default_model: m;default_api_url: http://a/;upstreams: { default: { url: "http://b/" } } | 3: upstreams: found the name default, which is the name of the default_api_url upstream, allowed: another name
                    default_model: m;upstreams: { main: { url: "http://a/" } };presets: { o1: { upstream: mian } } | 3: presets.o1.upstream: found 'mian', allowed: the name of an upstream (main); did you mean main?
                    presets: { o1: { upstream: main } }     | 1: presets.o1.upstream: found 'main', allowed: the name of an upstream (default)
                    presets: { o1: { strategy: vot } }      | 1: presets.o1.strategy: found 'vot', allowed: steps, single, direct, vote, auto; did you mean vote?
                    presets: { o1: { strategy: vot, vote: { max: 3 } } } | 1: presets.o1.strategy: found 'vot', allowed: steps, single, direct, vote, auto; did you mean vote?
                    presets: { o1: { strategy: vote, vote: { max: 33 } } } | 1: presets.o1.vote.max: found '33', allowed: a whole number, 1 to 32
                    presets: { o1: { strategy: vote, vote: { mx: 3 } } } | 1: presets.o1.vote.mx: unknown key; did you mean max?
                    presets: { o1: { strategy: vote, vot: { max: 3 } } } | 1: presets.o1.vot: unknown key; did you mean vote?
                    presets: { o1: { strategy: vote, steps: { max: 3 } } } | 1: presets.o1.steps: belongs to the strategy steps, allowed: settings of this preset's strategy, which is vote
                    presets: { o1: { strategy: auto, auto: { min_token: 3 } } } | 1: presets.o1.auto.min_token: unknown key; did you mean min_tokens?
                    presets: { o1: { strategy: auto, auto: { prompts: { judge: x } } } } | 1: presets.o1.auto.prompts.judge: found 'x', allowed: text that mentions {first} and {second}, and asks for the word same or different
                    presets: { o1: { strategy: auto, vote: { confidence: 2 } } } | 1: presets.o1.vote.confidence: found '2', allowed: a number, 0.5 to 1
                    presets: { o1: { strategy: vote, prompts: { next: x } } } | 1: presets.o1.prompts: belongs to the strategy steps, allowed: settings of this preset's strategy, which is vote
                    presets: { o1: { strategy: vote, notes: { loop: x } } } | 1: presets.o1.notes.loop: unknown key; allowed: step
                    presets: { o1: { strategy: auto, notes: { retry: x } } } | 1: presets.o1.notes.retry: unknown key; allowed: step
                    presets: { o1: { strategy: single, notes: { context: x } } } | 1: presets.o1.notes.context: unknown key; allowed: step
                    presets: { o1: { strategy: direct, notes: { incomplete: x } } } | 1: presets.o1.notes.incomplete: unknown key; allowed: step
                    presets: { o1: { strategies: [vot] } }  | 1: presets.o1.strategies[0]: found 'vot', allowed: steps, single, direct, vote, auto; did you mean vote?
                    presets: { o1: { strategies: [] } }     | 1: presets.o1.strategies: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets: { o1: { strategies: vote } }   | 1: presets.o1.strategies: found a single value, allowed: a list
                    presets: { o1: { vote: { max: 33 } } }  | 1: presets.o1.vote.max: found '33', allowed: a whole number, 1 to 32
                    presets: { o1: { vote: { mx: 3 } } }    | 1: presets.o1.vote.mx: unknown key; did you mean max?
                    presets: { o1: { pro: { strategy: steps }, vote: { max: 3 } } } | 1: presets.o1.vote: belongs to the strategy vote, allowed: settings of this preset's strategy, which is steps
                    presets:;  o1:;    strategy: vote;    pro:;      steps: { max: 3 } | 5: presets.o1.pro.steps: belongs to the strategy steps, allowed: settings of this preset's strategy, which is vote
                    presets:;  o1:;    pro:;      vote:;        max: 33 | 5: presets.o1.pro.vote.max: found '33', allowed: a whole number, 1 to 32
                    presets:;  o1:;    pro:;      vote:;        mx: 3 | 5: presets.o1.pro.vote.mx: unknown key; did you mean max?
                    presets:;  o1:;    pro:;      budget: { calls: 0 } | 4: presets.o1.pro.budget.calls: found '0', allowed: a whole number, 1 to 1000
                    presets:;  o1:;    steps: { min: 5 };    pro:;      steps:;        max: 4 | 5: presets.o1.pro.steps.min: found 5, allowed: at most max, which is 4
                    presets:;  o1:;    steps: { min: 9, max: 2 };    pro:;      model: m | 3: presets.o1.steps.min: found 9, allowed: at most max, which is 2
                    presets: { o1: { pro: { upstream: mian } } } | 1: presets.o1.pro.upstream: found 'mian', allowed: the name of an upstream (default)
                    presets: { o1: { pro: { strategy: vot } } } | 1: presets.o1.pro.strategy: found 'vot', allowed: steps, single, direct, vote, auto; did you mean vote?
                    presets: { o1: { pro: { reasoning_formt: think } } } | 1: presets.o1.pro.reasoning_formt: unknown key; did you mean reasoning_format?
                    presets: { o1: { pro: { strategies: [vot] } } } | 1: presets.o1.pro.strategies[0]: found 'vot', allowed: steps, single, direct, vote, auto; did you mean vote?
                    presets:;  o1:;    pro:;      strategies: [] | 4: presets.o1.pro.strategies: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets:;  o1:;    upstream: [];    pro:;      model: x | 3: presets.o1.upstream: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets:;  o1:;    upstream: { a: b };    pro:;      model: x | 3: presets.o1.upstream: found a section, allowed: the name of an upstream
                    presets:;  o1:;    strategies: [];    pro:;      model: x | 3: presets.o1.strategies: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets:;  o1:;    strategies: vote;    pro:;      model: x | 3: presets.o1.strategies: found a single value, allowed: a list
                    presets:;  o1:;    vote: 5;    pro:;      model: x | 3: presets.o1.vote: found a single value, allowed: a section of keys and values
                    presets:;  o1:;    model: m;    pro:;      upstream: [] | 5: presets.o1.pro.upstream: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets: { o1: { pro: yes } }           | 1: presets.o1.pro: found a single value, allowed: a section of keys and values
                    presets: { o1: { model_effort: hig } }  | 1: presets.o1.model_effort: found 'hig', allowed: none, minimal, low, medium, high, xhigh, max; did you mean high?
                    presets: { o1: { show: some } }         | 1: presets.o1.show: found 'some', allowed: conclusions, all
                    presets: { o1: { steps: { min: 9, max: 2 } } } | 1: presets.o1.steps.min: found 9, allowed: at most max, which is 2
                    presets: { o1: { steps: { max: 101 } } } | 1: presets.o1.steps.max: found '101', allowed: a whole number, 0 to 100
                    currency: US dollars                    | 1: currency: found 'US dollars', allowed: letters, digits or symbols without spaces, at most 16
                    presets: { o1: { budget: { cost: 0 } } } | 1: presets.o1.budget.cost: found '0', allowed: a number, 0.000001 to 1000000
                    presets: { o1: { budget: { cost: cheap } } } | 1: presets.o1.budget.cost: found 'cheap', allowed: a number, 0.000001 to 1000000
                    presets: { o1: { model: m, budget: { cost: 1 } } } | 1: presets.o1.budget.cost: needs a price, but the model 'm' of the upstream default, which the preset o1 uses, has none, allowed: a limit of the cost if each model has a price in models or upstreams.*.models
                    models: { m: { price: { input: 1, output: 2 } } };presets: { o1: { model: m, budget: { cost: 1 }, pro: { model: n } } } | 2: presets.o1.pro.budget.cost: needs a price, but the model 'n' of the upstream default, which the preset o1 uses, has none, allowed: a limit of the cost if each model has a price in models or upstreams.*.models
                    upstreams: { a: { url: "http://a/", models: { m: { price: { input: 1, output: 2 } } } }, b: { url: "http://b/", model: x } };presets: { o1: { model: m, upstream: [a, b], budget: { cost: 1 } } } | 2: presets.o1.budget.cost: needs a price, but the model 'x' of the upstream b, which the preset o1 uses, has none, allowed: a limit of the cost if each model has a price in models or upstreams.*.models
                    models: { m: { price: { input: 1, output: 2 } } };presets: { o1: { model: m }, o2: { model: n } };api_keys: [ { name: a, key: a, budget: { cost: 1 } } ] | 3: api_keys[0].budget.cost: needs a price, but the model 'n' of the upstream default, which the preset o2 uses, has none, allowed: a limit of the cost if each model has a price in models or upstreams.*.models
                    api_keys: [ { name: a, key: a, budget: { calls: 0 } } ] | 1: api_keys[0].budget.calls: found '0', allowed: a whole number, 1 to 1000
                    api_keys: [ { name: a, key: a, budget: { retries: 1 } } ] | 1: api_keys[0].budget.retries: unknown key; allowed: calls, cost, tokens, time
                    presets: { o1: { budget: { calls: 0 } } } | 1: presets.o1.budget.calls: found '0', allowed: a whole number, 1 to 1000
                    presets: [ o1 ]                         | 1: presets: found a list, allowed: a section of keys and values
                    presets: { o1: steps }                  | 1: presets.o1: found a single value, allowed: a section of keys and values
                    prompts: { step: Think. }               | 1: prompts.step: found 'Think.', allowed: text that mentions next_action, the field that ends the reasoning
                    prompts: { answer: " " }                | 1: prompts.answer: found '', allowed: non-blank text
                    prompts: { answer: "" }                 | 1: prompts.answer: found '', allowed: non-blank text
                    api_keys: sk-secret                     | 1: api_keys: found a single value, allowed: a list
                    api_keys: [ sk-secret ]                 | 1: api_keys[0]: found a single value, allowed: a section of keys and values
                    api_keys: [ { key: a } ]                | 1: api_keys[0].name: is missing, allowed: a printable name of at most 128 characters, without leading or trailing spaces
                    conversations: { url: "jdbc:mysql://x" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:mem:a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:tcp://localhost/~/a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:ssl://localhost/a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:nio:~/a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:zip:~/a.zip!/a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:a" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { url: "jdbc:h2:file:" } | 1: conversations.url: found a value (not shown), allowed: jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE
                    conversations: { bytes_per_caller: 1KB } | 1: conversations.bytes_per_caller: found '1KB', allowed: a size, 1KiB to 1048576GiB
                    conversations: { bytes_per_caller: 9999999999GiB } | 1: conversations.bytes_per_caller: found '9999999999GiB', allowed: a size, 1KiB to 1048576GiB
                    conversations: { responses_per_caller: 0 } | 1: conversations.responses_per_caller: found '0', allowed: a whole number, 1 to 100000000
                    reasoning_keys: []                      | 1: reasoning_keys: found an empty list, allowed: at least one item; otherwise leave the key out
                    reasoning_keys: [s3cret]                | 1: reasoning_keys[0]: found a value (not shown), allowed: 32 bytes in base64
                    reasoning_keys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", AAAA] | 1: reasoning_keys[1]: found a value (not shown), allowed: 32 bytes in base64
                    conversations: { bytes_per_caller: 0 } | 1: conversations.bytes_per_caller: found '0', allowed: a size, 1KiB to 1048576GiB
                    conversations: { url: "jdbc:h2:./a", jndi: b } | 1: conversations.jndi: is set together with url, allowed: only one of them
                    api_keys: [ { name: a } ]               | 1: api_keys[0].key: is missing, allowed: either key or sha256
                    api_keys:;- name: a;  sha256: sk-secret | 3: api_keys[0].sha256: found a value (not shown), allowed: 64 hex digits
                    api_keys: [ { name: a, key: x, presets: [] } ] | 1: api_keys[0].presets: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets: { o1: };api_keys: [ { name: a, key: x, presets: [O1] } ] | 2: api_keys[0].presets[0]: found 'O1', allowed: the name of a preset (o1); did you mean o1?
                    presets: { a: { aliases: [a] } }        | 1: presets.a.aliases[0]: is already the name of a preset, allowed: a name that no other preset or alias uses
                    presets:;  a: { aliases: [b] };  b: {}  | 2: presets.a.aliases[0]: is already the name of a preset, allowed: a name that no other preset or alias uses
                    presets:;  a: {};  b:;    aliases:;    - c;    - a | 6: presets.b.aliases[1]: is already the name of a preset, allowed: a name that no other preset or alias uses
                    presets:;  a: { aliases: [c] };  b: { aliases: [d, c] } | 3: presets.b.aliases[1]: is already an alias of the preset a, allowed: a name that no other preset or alias uses
                    presets: { a: { aliases: [c, d, c] } }  | 1: presets.a.aliases[2]: is already an alias of the preset a, allowed: a name that no other preset or alias uses
                    presets: { a: { aliases: c } }          | 1: presets.a.aliases: found a single value, allowed: a list
                    presets: { a: { aliases: [] } }         | 1: presets.a.aliases: found an empty list, allowed: at least one item; otherwise leave the key out
                    presets: { a: { aliases: [""] } }       | 1: presets.a.aliases[0]: is empty, allowed: one line of text
                    presets: { a: { aliases: [[c]] } }      | 1: presets.a.aliases[0]: found a list, allowed: one line of text
                    presets: { a: { aliases: [c] } };api_keys: [ { name: n, key: x, presets: [c] } ] | 2: api_keys[0].presets[0]: found 'c', an alias of the preset a, allowed: the name of a preset (a); did you mean a?
                    json_heartbeat: 5                       | 1: json_heartbeat: found '5', allowed: a duration, 10ms to 10m, or off
                    api_keys:;- { name: a, key: x };- { name: a, key: y } | 3: api_keys[1].name: found 'a' twice, allowed: a different name for each key
                    api_keys:;- { name: a, key: x };- { name: b, key: x } | 3: api_keys[1].name: 'b' has the same key as 'a', allowed: a different key for each name
                    default_model: ${NOT_SET}               | 1: default_model: ${NOT_SET} is not set; set it, or give it a default: ${NOT_SET:-default}
                    default_model: m;legacy_response: ${WORD} | 2: legacy_response: found '${WORD}', allowed: true, false
                    default_model: ${script:javascript:1+1} | 1: default_model: cannot be resolved, allowed: ${NAME}, ${NAME:-default}, ${file:/path}, and $${ for a plain ${
                    default_model: ${file:/no/such}         | 1: default_model: the file /no/such does not exist
                    heartbeat: 1s;;heartbeat: 2s            | 3: heartbeat: duplicate key, first on line 1
                    presets:;  o1: {};  o1: {}              | 3: presets.o1: duplicate key, first on line 2
                    presets: { o1: { <<: { model: a } } }   | 1: presets.o1.'<<': merge keys are not supported; repeat the keys
                    default_model: !!java.net.URL [x]       | 1: invalid YAML: found a YAML tag (!), which is not supported; quote a text that starts with !
                    default_model: !!javax.script.Engine x  | 1: invalid YAML: found a YAML tag (!), which is not supported; quote a text that starts with !
                    default_model: !!binary aGk=            | 1: default_model: found a YAML tag (!), allowed: values without tags
                    presets: { "": {} }                     | 1: presets.'': invalid name, allowed: one line of text
                    limits: !mine { body: 1 }               | 1: limits: found a YAML tag (!), allowed: values without tags
                    api_keys: !mine [ a ]                   | 1: api_keys: found a YAML tag (!), allowed: values without tags
                    api_keys: [ { name: a, key: x, presets: [ "${EMPTY}" ] } ] | 1: api_keys[0].presets[0]: is empty, allowed: the name of a preset
                    ? [a];: 1                               | 1: '?': found a list as a key
                    default_model: "a\\nb"                  | 1: default_model: found 'a b', allowed: one line of text
                    """)
    void reportsLineKeyAndProblem(String file, String problem) {
        assertThat(problemOf(file.replace(';', '\n'))).isEqualTo("config.yaml:" + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                                      | 1: the file is empty, allowed: at least one key with its value
                    # nothing                               | 1: the file is empty, allowed: at least one key with its value
                    --- null                                | 1: the file is empty, allowed: at least one key with its value
                    ;- a                                    | 2: found a list, allowed: keys and values, like default_model: some-model
                    just words                              | 1: found a single value, allowed: keys and values, like default_model: some-model
                    default_model: a;---;default_model: b   | 2: found a second document (---), allowed: one document
                    default_model: a;heartbeat: b: c        | 2: invalid YAML: mapping values are not allowed here
                    default_model: *s3cret                  | 1: invalid YAML: found an alias (*) without its anchor (&); quote a text that starts with *
                    default_model: !s3cret!x y              | 1: invalid YAML: found a YAML tag (!), which is not supported; quote a text that starts with !
                    default_model: "s3cret                  | 1: invalid YAML: found unexpected end of stream
                    limits: { body: ${SIZE} }               | 1: invalid YAML: expected ',' or '}', but got {; quote a value with ${...} inside { } or [ ]
                    """)
    void reportsInvalidYaml(String file, String problem) {
        assertThat(problemOf(file.replace(';', '\n'))).isEqualTo("config.yaml:" + problem);
    }

    @Test
    void reportsAllProblemsInTheOrderOfTheFile() {
        String file = """
                default_model: m
                heartbeat: soon
                api_keys:
                  - { name: a, keys: s3cret }
                presets:
                  o1:
                    steps: { min: x }
                    upstream: main
                begin_afer: 1s
                """;

        assertThat(problemOf(file)).isEqualTo("""
                        config.yaml:2: heartbeat: found 'soon', allowed: a duration, 10ms to 10m, or off
                        config.yaml:4: api_keys[0].key: is missing, allowed: either key or sha256
                        config.yaml:4: api_keys[0].keys: unknown key; did you mean key?
                        config.yaml:7: presets.o1.steps.min: found 'x', allowed: a whole number, 0 to 100
                        config.yaml:8: presets.o1.upstream: found 'main', allowed: the name of an upstream (default)
                        config.yaml:9: begin_afer: unknown key; did you mean begin_after?""");
    }

    /** The {@code model} of a request has the same limit. */
    @ParameterizedTest
    @ValueSource(strings = {"presets: { NAME: {} }", "presets: { a: { aliases: [NAME] } }"})
    void limitsNamesToTheLengthOfAModelInARequest(String file) {
        assertThat(parse(file.replace("NAME", "n".repeat(256))).presets().named("n".repeat(256)))
                .isPresent();
        assertThat(problemOf(file.replace("NAME", "n".repeat(257))))
                .endsWith(": the name has 257 characters, allowed: at most 256");
    }

    /** Line breaks and invisible characters could forge log lines. */
    @ParameterizedTest
    @ValueSource(strings = {"2028", "2029", "202e", "200b", "00ad", "e000"})
    void rejectsUnprintableCallerNames(String code) {
        assertThat(problemOf("api_keys: [ { name: \"a\\u" + code + "b\", key: x } ]"))
                .startsWith("config.yaml:1: api_keys[0].name: found ")
                .endsWith("allowed: a printable name of at most 128 characters, without leading or trailing spaces");
    }

    /** Each of these is invalid and contains the secret, which must not be shown. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "api_bearer_token: \"s3cret\\n\"",
                "api_bearer_token: [s3cret]",
                "api_bearer_token: { s3cret: 1 }",
                "model_provider_api_key: \"s3cret\\t\"",
                "model_provider_api_key: { a: s3cret }",
                "api_keys: [ { name: a, key: \"s3cret\\n\" } ]",
                "api_keys: [ { name: a, sha256: s3cret } ]",
                "api_keys: [ { name: a, key: s3cret }, { name: b, key: s3cret } ]",
                "api_keys: s3cret",
                "reasoning_keys: s3cret",
                "reasoning_keys: [s3cret]",
                "reasoning_keys: [ { a: s3cret } ]",
                "reasoning_keys: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, \"s3cret\\n\"]",
                "upstreams: { a: { api_key: \"s3cret\\n\" } }",
                "upstreams: { a: { headers: s3cret } }",
                "upstreams: { a: { headers: { X-Key: \"s3cret\\n\" } } }",
                "upstreams: { a: { headers: { X-Key: [s3cret] } } }",
                "upstreams: { a: { proxy: \"http://me:s3cret@proxy\" } }",
                "upstreams: { a: { url: \"http://me:s3cret@\" } }",
                "upstreams: { a: { url: \"ftp://a/?key=s3cret\" } }",
                "default_api_url: https://s3cret@a/",
                "default_api_url: https://me:s3cret@a/",
                "upstreams: { a: { url: \"http://s3cret:@a/\" } }",
                "upstreams: { a: { url: \"https://a/\", tls: { keystore: pom.xml, keystore_password: s3cret } } }",
                "api_bearer_token: s3cret s3cret",
                "upstreams: { a: { headers: { X-Key: \"s3cret \" } } }",
                "upstreams: { a: { api_kee: s3cret } }",
                "api_keys: [ { name: a, key:s3cret } ]",
                "api_keys: [ { name: a, key s3cret } ]",
                "upstreams: { a: { headers: { X-Key:s3cret } } }",
                "heartbeat: ${TOKEN}",
                "api_bearer_token: *s3cret",
                "api_bearer_token: !s3cret x",
                "api_bearer_token: !!s3cret x",
                "api_bearer_token: \"s3cret",
                "api_bearer_token: 's3cret' s3cret",
                "api_bearer_token: s3cret: s3cret",
                "api_bearer_token: @s3cret",
                "api_bearer_token: \"\\q s3cret\"",
            })
    void neverShowsASecret(String file) {
        assertThat(problemOf(file)).startsWith("config.yaml:1: ").doesNotContain("s3cret");
    }

    @Test
    void rejectsYamlBombs() {
        String bomb = "a: &a [x, x]\n" + "b: [" + "*a, ".repeat(60) + "x]";

        assertThat(problemOf(bomb)).contains("Number of aliases for non-scalar nodes exceeds the specified max=50");
        assertThat(problemOf("a: " + "[".repeat(30))).contains("Nesting Depth exceeded max 20");
        assertThat(problemOf("a: " + "x".repeat(1 << 20))).contains("exceeds the limit");
    }

    @Test
    void rejectsCharactersThatYamlForbids() {
        assertThat(problemOf("default_model: m\nheartbeat: \u0007"))
                .isEqualTo("config.yaml:2: invalid YAML: the character U+0007 is not allowed");
    }

    @Test
    void rejectsARecursiveSection() {
        assertThatThrownBy(() -> parse("presets: &p { o1: *p }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("presets.o1.o1: unknown key");
        assertThat(problemOf("presets: { o1: &p { pro: *p } }"))
                .startsWith("config.yaml:1: presets.o1.pro.pro: unknown key");
    }

    private static String problemOf(String file) {
        ConfigException problem = catchThrowableOfType(ConfigException.class, () -> parse(file));
        assertThat(problem).as(file).isNotNull();
        return String.valueOf(problem.getMessage());
    }

    private static Config parse(String file) {
        return Config.parse(
                "config.yaml",
                file,
                name -> name.equals("TOKEN") ? "s3cret" : ENVIRONMENT.get(name),
                Gateway.STRATEGIES);
    }
}
