package org.o1api.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The certificates for one upstream's TLS connections, read from files at startup. Host names are always verified. */
public final class Certificates {
    private TrustManager @Nullable [] trustManagers;
    private KeyManager @Nullable [] keyManagers;

    /** A certificate file cannot be used. The message contains no secret. */
    public static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        private final String key;

        UnusableException(String key, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.key = key;
        }

        /** The configuration key below {@code tls} that is wrong. */
        public String key() {
            return key;
        }
    }

    /**
     * Trusts only the certificates of a PEM file.
     *
     * @throws UnusableException if the file cannot be read or contains no certificate
     */
    public void trust(String ca) throws UnusableException {
        byte[] content = read("ca", ca);
        String allowed = ", allowed: a PEM file with one or more certificates";
        Collection<? extends Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new UnusableException("ca", "'" + ca + "' cannot be read as certificates" + allowed, e);
        }
        if (certificates.isEmpty()) {
            throw new UnusableException("ca", "'" + ca + "' contains no certificate" + allowed, null);
        }
        try {
            KeyStore store = emptyStore();
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            trustManagers = factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableException(
                    "ca", "'" + ca + "' cannot be used: " + e.getClass().getName(), e);
        }
    }

    /**
     * Presents the client certificate of a PKCS12 file.
     *
     * @throws UnusableException if the file cannot be read, the password is wrong, or it contains no private key
     */
    public void useClientCertificate(String keystore, String password) throws UnusableException {
        byte[] content = read("keystore", keystore);
        String allowed = ", allowed: a PKCS12 file with a private key and its certificate";
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(content), password.toCharArray());
            if (!containsKey(store)) {
                throw new UnusableException("keystore", "'" + keystore + "' contains no private key" + allowed, null);
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password.toCharArray());
            keyManagers = factory.getKeyManagers();
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(keystore, e);
            }
            throw new UnusableException("keystore", "'" + keystore + "' is not a PKCS12 file" + allowed, e);
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(keystore, e);
        } catch (GeneralSecurityException e) {
            throw new UnusableException(
                    "keystore",
                    "'" + keystore + "' cannot be used: " + e.getClass().getName() + allowed,
                    e);
        }
    }

    private static UnusableException wrongPassword(String keystore, Exception cause) {
        return new UnusableException(
                "keystore_password", "does not open '" + keystore + "', allowed: the password of that file", cause);
    }

    /** The TLS context for connections. It trusts the runtime's certificates unless {@link #trust} was called. */
    public SSLContext sslContext() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers, trustManagers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static boolean containsKey(KeyStore store) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] read(String key, String file) throws UnusableException {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new UnusableException(key, "the file '" + file + "' does not exist", e);
        } catch (IOException | RuntimeException e) {
            throw new UnusableException(
                    key,
                    "the file '" + file + "' cannot be read (" + e.getClass().getSimpleName() + ")",
                    e);
        }
    }
}
