package org.o1api.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Debian's Chromium on the chat page of a gateway. It collects what violates the page's policy. */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String COLLECT_VIOLATIONS =
            "window.violations = []; addEventListener('securitypolicyviolation', "
                    + "(event) => violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"
                    + "addEventListener('error', (event) => violations.push(event.message));"
                    + "addEventListener('unhandledrejection', (event) => violations.push(String(event.reason)));";

    private final ChromeDriver driver;
    private final Path profile;
    private final List<String> earlierViolations = new ArrayList<>();

    private Browser(ChromeDriver driver, Path profile) {
        this.driver = driver;
        this.profile = profile;
    }

    /** Starts the browser with a new profile. Skips the test if it is not installed. */
    public static Browser start() {
        assumeTrue(isInstalled(), "Chromium is not installed: apt-get install chromium chromium-driver");
        try {
            Path profile = Files.createTempDirectory("o1-api-browser");
            ChromeOptions options = new ChromeOptions();
            options.setBinary(CHROMIUM.toFile());
            options.addArguments(
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--hide-scrollbars",
                    "--window-size=1280,860",
                    "--user-data-dir=" + profile);
            ChromeDriverService service = new ChromeDriverService.Builder()
                    .usingDriverExecutable(DRIVER.toFile())
                    .usingAnyFreePort()
                    .build();
            Browser browser = new Browser(new ChromeDriver(service, options), profile);
            browser.command("Page.addScriptToEvaluateOnNewDocument", Map.of("source", COLLECT_VIOLATIONS));
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the browser and its driver are installed. */
    public static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    /** Sends a command of the Chrome DevTools Protocol. */
    public void command(String name, Map<String, Object> parameters) {
        driver.executeCdpCommand(name, parameters);
    }

    /** Opens the page of a gateway as on a first visit: without a key or settings. */
    public void visit(URI gateway) {
        driver.get(gateway + "/");
        earlierViolations.clear();
        script("sessionStorage.clear(); localStorage.clear(); location.hash = ''");
        driver.navigate().refresh();
    }

    /** Opens the page of a gateway with a key, and waits until a question can be asked. */
    public void enter(URI gateway) {
        visit(gateway);
        signIn(GatewayFixture.KEY);
    }

    /** Enters the key that the page asks for. */
    public void signIn(String key) {
        type("dialog input", key + Keys.ENTER);
        await(() -> !exists("dialog") && exists(".composer option"));
    }

    /** Loads the page again. What has violated its policy is kept. */
    public void reload() {
        earlierViolations.addAll(currentViolations());
        driver.navigate().refresh();
    }

    /** Emulates a size of the window, in CSS pixels. */
    public void resize(int width, int height, double scale) {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", width < 600));
    }

    /** Emulates the colours that the system prefers: light or dark. */
    public void prefer(String scheme) {
        command(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** Sets the language of the browser for the pages that are loaded from now on. */
    public void speak(String language) {
        command("Emulation.setUserAgentOverride", Map.of("userAgent", "Chromium", "acceptLanguage", language));
    }

    /** Runs the body of a function with arguments. */
    public Object script(String body, Object... arguments) {
        return Objects.requireNonNullElse(driver.executeScript(body, arguments), "");
    }

    /** Runs the body of a function that calls its last argument with the result. */
    public Object asyncScript(String body, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(LIMIT);
        return Objects.requireNonNullElse(driver.executeAsyncScript(body, arguments), "");
    }

    /** The first element with a CSS selector, once it exists and is shown. */
    public WebElement find(String selector) {
        return Awaitility.await()
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(StaleElementReferenceException.class) // it was replaced meanwhile
                .until(
                        () -> driver.findElements(By.cssSelector(selector)).stream()
                                .filter(WebElement::isDisplayed)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
    }

    public boolean exists(String selector) {
        return !driver.findElements(By.cssSelector(selector)).isEmpty();
    }

    /** The texts of all elements with a CSS selector, also of those that are not shown. */
    public List<String> texts(String selector) {
        Object texts = script(
                "return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)", selector);
        return ((List<?>) texts).stream().map(String::valueOf).toList();
    }

    public void click(String selector) {
        find(selector).click();
    }

    /** Clicks where the pointer need not be: a button that is shown only there. */
    public void press(String selector) {
        script("document.querySelector(arguments[0]).click()", selector);
    }

    public void type(String selector, CharSequence keys) {
        find(selector).sendKeys(keys);
    }

    /** Chooses a model. */
    public void choose(String model) {
        script(
                "const menu = document.querySelector('.composer select'); menu.value = arguments[0]; menu.dispatchEvent(new Event('change'))",
                model);
    }

    /** Sends a question. */
    public void send(String question) {
        type("#message", question + Keys.ENTER);
    }

    /** Sends a question, and waits for the end of the answer. */
    public void ask(String question) {
        int turns = texts(".turn").size();
        send(question);
        await(() -> texts(".turn").size() > turns);
        awaitEnd();
    }

    /** Waits until no answer runs. */
    public void awaitEnd() {
        await(() -> !exists(".send.is-stop") && !exists(".reply-footer[hidden]"));
    }

    public void await(BooleanSupplier condition) {
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
    }

    public void awaitText(String selector, Predicate<String> condition) {
        await(() -> texts(selector).stream().anyMatch(condition));
    }

    /** What has violated the policy of the page, and errors of its scripts, since it was visited. */
    public List<String> violations() {
        return Stream.concat(earlierViolations.stream(), currentViolations().stream())
                .toList();
    }

    private List<String> currentViolations() {
        return ((List<?>) script("return window.violations"))
                .stream().map(String::valueOf).toList();
    }

    /** What axe-core finds on the page: each problem with its elements. */
    public List<String> accessibilityProblems() {
        if (script("return typeof axe").equals("undefined")) {
            script(resource("/axe.min.js"));
        }
        Object found = asyncScript(
                "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] })"
                        + ".then((result) => done(result.violations.map((violation) => violation.id + ': '"
                        + " + violation.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | '))), (error) => done([String(error)]))");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Browser.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The driver, for what this class has no method for. */
    public ChromeDriver driver() {
        return driver;
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // The browser is still deleting files of its own; the rest is in the folder for temporary files.
        }
    }
}
