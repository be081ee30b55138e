package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.TestCertificates;
import org.o1api.testing.TunnelProxy;

/** Providers with certificates of a private CA, and providers that require a client certificate. */
class UpstreamTlsTest {
    @TempDir
    static Path folder;

    private static TestCertificates trustedServer;
    private static TestCertificates otherServer;
    private static TestCertificates clientCertificate;

    private final UpstreamFixture fixture = new UpstreamFixture();

    @BeforeAll
    static void create() {
        trustedServer = TestCertificates.create(folder, "here", "IP:127.0.0.1");
        otherServer = TestCertificates.create(folder, "elsewhere", "DNS:llm.example.org");
        clientCertificate = TestCertificates.create(folder, "client", "DNS:gateway.example.org");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private FakeUpstream fake(TestCertificates server, boolean wantsClient) {
        return fixture.fake(FakeUpstream.overTls(
                server.serverContext(clientCertificate), wantsClient, request -> Script.answer("well")));
    }

    private HttpUpstream upstream(FakeUpstream fake, SSLContext tls) {
        return fixture.upstream(settings -> settings.url(fake.url()).attempts(1).tls(tls));
    }

    private static SSLContext trusting(TestCertificates server) throws Certificates.UnusableException {
        Certificates certificates = new Certificates();
        certificates.trust(server.certificate().toString());
        return certificates.sslContext();
    }

    private static SSLContext trustingWithClient(TestCertificates server) throws Certificates.UnusableException {
        Certificates certificates = new Certificates();
        certificates.trust(server.certificate().toString());
        certificates.useClientCertificate(clientCertificate.keystore().toString(), TestCertificates.PASSWORD);
        return certificates.sslContext();
    }

    private UpstreamException failure(HttpUpstream upstream) {
        return catchThrowableOfType(
                UpstreamException.class,
                () -> upstream.open(fixture.request(), new CallContext(new Cancellation()))
                        .close());
    }

    private void assertAnswers(HttpUpstream upstream) {
        try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    @Test
    void callsAProviderWithATrustedCertificate() throws Exception {
        assertAnswers(upstream(fake(trustedServer, false), trusting(trustedServer)));
    }

    @Test
    void callsATlsProviderThroughAProxy() throws Exception {
        FakeUpstream fake = fake(trustedServer, false);
        SSLContext tls = trusting(trustedServer);
        try (TunnelProxy proxy = new TunnelProxy()) {
            assertAnswers(fixture.upstream(settings -> settings.url(fake.url())
                    .attempts(1)
                    .tls(tls)
                    .proxy(URI.create("http://127.0.0.1:" + proxy.port()))));
            assertThat(proxy.targets()).containsExactly("127.0.0.1:" + fake.port());
        }
    }

    @Test
    void readsSeveralCertificatesFromOneFile() throws Exception {
        Path both = folder.resolve("both.pem");
        Files.writeString(
                both,
                Files.readString(otherServer.certificate()) + "\n# ours\n"
                        + Files.readString(trustedServer.certificate()));
        Certificates certificates = new Certificates();
        certificates.trust(both.toString());
        assertAnswers(upstream(fake(trustedServer, false), certificates.sslContext()));
    }

    @Test
    void rejectsAnUntrustedProviderAndLogsWhy() throws Exception {
        FakeUpstream fake = fake(trustedServer, false);
        try (LogCapture log = new LogCapture(UpstreamLog.class)) {
            UpstreamException failure = failure(upstream(fake, trusting(otherServer)));
            assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
            assertThat(failure).hasMessage("The model provider could not be reached over TLS.");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("upstream main (127.0.0.1:" + fake.port() + ") cannot be reached over TLS: ")
                    .contains("CertPath");
        }
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void verifiesTheHostName() throws Exception {
        FakeUpstream fake = fake(otherServer, false);
        try (LogCapture log = new LogCapture(UpstreamLog.class)) {
            assertThat(failure(upstream(fake, trusting(otherServer))))
                    .hasMessage("The model provider could not be reached over TLS.");
            assertThat(log.lines()).singleElement().asString().contains("127.0.0.1");
        }
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void presentsTheClientCertificate() throws Exception {
        assertAnswers(upstream(fake(trustedServer, true), trustingWithClient(trustedServer)));
    }

    @Test
    void failsWithoutTheRequiredClientCertificate() throws Exception {
        FakeUpstream fake = fake(trustedServer, true);
        try (LogCapture log = new LogCapture(UpstreamLog.class)) {
            assertThat(failure(upstream(fake, trusting(trustedServer))).code()).isEqualTo(ErrorCode.UPSTREAM_FAILED);
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(fake.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "nothing.pem  | the file 'FILE' does not exist",
                "empty.pem    | 'FILE' contains no certificate, allowed: a PEM file with one or more certificates",
                "junk.pem     | 'FILE' cannot be read as certificates, allowed: a PEM file with one or more certificates",
                "broken.pem   | 'FILE' cannot be read as certificates, allowed: a PEM file with one or more certificates",
                "folder.pem   | the file 'FILE' cannot be read (IOException)"
            })
    void reportsWhyACaCannotBeUsed(String name, String problem) throws IOException {
        Files.writeString(folder.resolve("empty.pem"), "");
        Files.writeString(folder.resolve("junk.pem"), "no certificate\n");
        Files.writeString(
                folder.resolve("broken.pem"),
                Files.readString(trustedServer.certificate()).replaceAll("(?m)^M.*$", "MAAA"));
        Files.createDirectories(folder.resolve("folder.pem"));
        String file = folder.resolve(name).toString();
        Certificates.UnusableException unusable =
                catchThrowableOfType(Certificates.UnusableException.class, () -> new Certificates().trust(file));
        assertThat(unusable).hasMessage(problem.replace("FILE", file));
        assertThat(unusable.key()).isEqualTo("ca");
    }

    @Test
    void reportsWhyAClientCertificateCannotBeUsed() throws IOException {
        Path junk = folder.resolve("junk.p12");
        Files.write(junk, "junk".getBytes(StandardCharsets.US_ASCII));
        String good = clientCertificate.keystore().toString();
        List<String[]> cases = List.of(
                new String[] {"/no/such.p12", "", "keystore", "the file '/no/such.p12' does not exist"},
                new String[] {junk.toString(), "x", "keystore", "'" + junk + "' is not a PKCS12 file, allowed:"},
                new String[] {trustedServer.certificate().toString(), "x", "keystore", "is not a PKCS12 file, allowed:"
                },
                new String[] {good, "wrong", "keystore_password", "does not open '" + good + "', allowed:"},
                new String[] {good, "", "keystore_password", "does not open '" + good + "', allowed:"});
        for (String[] wrong : cases) {
            Certificates.UnusableException unusable = catchThrowableOfType(
                    Certificates.UnusableException.class,
                    () -> new Certificates().useClientCertificate(wrong[0], wrong[1]));
            assertThat(unusable).hasMessageContaining(wrong[3]);
            assertThat(unusable.key()).isEqualTo(wrong[2]);
        }
    }
}
