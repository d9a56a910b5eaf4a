// SPDX-License-Identifier: Apache-2.0
package drcopy.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A headless Chromium on a host of the lab with one tab, driven by the DevTools protocol over a pipe: messages of JSON, each ended by a
 * zero byte. It begins with an empty profile. One thread.
 */
final class Browser implements AutoCloseable {
    private static final long SECONDS_TO_END = 5;

    private final Process process;
    private final OutputStream out;
    private final InputStream in;
    private final List<String> questions = new ArrayList<>();
    private final String tab;
    private boolean isConfirming;
    private int lastId;

    private Browser(Process process) {
        this.process = process;
        this.out = process.getOutputStream();
        this.in = process.getInputStream();
        JsonObject blank = new JsonObject();
        blank.addProperty("url", "about:blank");
        JsonObject attach = new JsonObject();
        attach.add("targetId", ask(null, "Target.createTarget", blank).get("targetId"));
        attach.addProperty("flatten", true);
        tab = ask(null, "Target.attachToTarget", attach).get("sessionId").getAsString();
        ask("Page.enable", new JsonObject());
    }

    /** Starts it; its profile and what it says go to the lab's folder. */
    static Browser start(Lab lab, String host) {
        String profile = lab.folder().resolve("chromium").toString();
        String program = "exec chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
                + " --disable-background-networking --disable-component-update --disable-sync"
                + " --remote-debugging-pipe --user-data-dir=" + profile + " 3<&0 4>&1 1>/dev/null";
        try {
            return new Browser(new ProcessBuilder("ip", "netns", "exec", lab.name() + "-" + host, "bash", "-c", program)
                    .redirectError(lab.folder().resolve("chromium.log").toFile())
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shows a page in a window of this width, in CSS pixels. */
    void show(String url, int width) {
        JsonObject size = new JsonObject();
        size.addProperty("width", width);
        size.addProperty("height", 900);
        size.addProperty("deviceScaleFactor", 1);
        size.addProperty("mobile", width < 600);
        ask("Emulation.setDeviceMetricsOverride", size);
        JsonObject page = new JsonObject();
        page.addProperty("url", url);
        ask("Page.navigate", page);
    }

    /** The scheme that the reader prefers: light or dark. */
    void scheme(String value) {
        JsonObject feature = new JsonObject();
        feature.addProperty("name", "prefers-color-scheme");
        feature.addProperty("value", value);
        JsonArray features = new JsonArray();
        features.add(feature);
        JsonObject media = new JsonObject();
        media.add("features", features);
        ask("Emulation.setEmulatedMedia", media);
    }

    /** What questions are answered with from now on. */
    void confirm(boolean value) {
        isConfirming = value;
    }

    /** What the page asked so far. */
    List<String> questions() {
        return List.copyOf(questions);
    }

    /** The value of a JavaScript expression as text; empty when there is none. */
    String value(String expression) {
        JsonObject evaluate = new JsonObject();
        evaluate.addProperty("expression", expression);
        evaluate.addProperty("returnByValue", true);
        JsonElement value =
                ask("Runtime.evaluate", evaluate).getAsJsonObject("result").get("value");
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    /** Writes a picture of the window. */
    void picture(Path file) {
        String data =
                ask("Page.captureScreenshot", new JsonObject()).get("data").getAsString();
        try {
            Files.write(file, Base64.getDecoder().decode(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonObject ask(String method, JsonObject parameters) {
        return ask(tab, method, parameters);
    }

    private JsonObject ask(String session, String method, JsonObject parameters) {
        int id = send(session, method, parameters);
        while (true) {
            JsonObject message = JsonParser.parseString(read()).getAsJsonObject();
            if (message.has("error")) {
                throw new IllegalStateException(method + ": " + message);
            }
            if (message.has("id") && message.get("id").getAsInt() == id) {
                return message.getAsJsonObject("result");
            }
            if (message.has("method") && message.get("method").getAsString().equals("Page.javascriptDialogOpening")) {
                answer(message.getAsJsonObject("params").get("message").getAsString());
            }
        }
    }

    private void answer(String question) {
        questions.add(question);
        JsonObject answer = new JsonObject();
        answer.addProperty("accept", isConfirming);
        send(tab, "Page.handleJavaScriptDialog", answer);
    }

    private int send(String session, String method, JsonObject parameters) {
        JsonObject message = new JsonObject();
        message.addProperty("id", ++lastId);
        message.addProperty("method", method);
        message.add("params", parameters);
        if (session != null) {
            message.addProperty("sessionId", session);
        }
        try {
            out.write((message + "\0").getBytes(StandardCharsets.UTF_8));
            out.flush();
            return lastId;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String read() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b != 0; b = in.read()) {
                if (b < 0) {
                    throw new IllegalStateException("the browser has ended; see chromium.log");
                }
                message.write(b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return message.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            send(null, "Browser.close", new JsonObject());
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (UncheckedIOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
