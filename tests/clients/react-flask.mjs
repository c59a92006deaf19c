// The example application as a visitor uses it: run.sh starts it on ports of its own, Chromium uploads a picture each
// way and sees both. `npm ci` in this directory first. From the environment: SERVER, a built server (else run.sh builds
// one); CHROMIUM, the browser (/usr/bin/chromium); SCREENSHOTS, a directory for the README's pictures (else none).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const example = fileURLToPath(new URL("../../examples/react-flask/", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "react-flask-"));
const [s3Port, apiPort] = await freePorts(2);
const endpoint = `http://127.0.0.1:${s3Port}`;
const backend = `http://127.0.0.1:${apiPort}`;
const site = `http://gallery.s3-website.localhost:${s3Port}`;
let failed = false;

async function check(name, body) {
  try {
    await body();
    console.log(`ok react-flask: ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok react-flask: ${name}`);
    console.log(String(error?.stack ?? error).slice(0, 3000).replace(/^/gm, "    "));
  }
}

/** Ports that were free a moment ago. */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((listening) => server.on("listening", listening))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function startExample() {
  const script = spawn(join(example, "run.sh"), [], {
    env: {
      ...process.env,
      S3_PORT: s3Port,
      API_PORT: apiPort,
      STATE: join(scratch, "state"),
      ...(process.env.SERVER && { SERVER: resolve(process.env.SERVER) }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // However this ends, what was started ends with it.
  process.on("exit", () => script.kill());
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => process.exit(1));
  }

  const said = [];
  const ended = new Promise((resolved) => script.on("close", resolved));
  const ready = new Promise((resolved) => {
    for (const stream of [script.stdout, script.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.startsWith("Ctrl-C")) {
          resolved();
        }
      });
    }
  });
  return { script, said, ready, ended };
}

const running = startExample();
const code = await Promise.race([running.ready, running.ended]);
if (code !== undefined) {
  const missing = code === 69;
  console.log(missing ? `skip react-flask: ${running.said.at(-1).trim()}` : "not ok react-flask: starts");
  if (!missing) {
    console.log(running.said.slice(-40).join("\n").replace(/^/gm, "    "));
  }
  await rm(scratch, { recursive: true, force: true });
  process.exit(missing ? 0 : 1);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const open = async (options) => {
  const page = await browser.newPage({ viewport: { width: 1160, height: 760 }, ...options });
  page.setDefaultTimeout(20_000);
  return page;
};
const page = await open();

/** Draws a landscape: bytes of a PNG. */
async function draw([sunX, sunY], [sky, glow, sun, ...hills]) {
  const url = await page.evaluate(
    ([sunX, sunY, sky, glow, sun, hills]) => {
      const canvas = document.createElement("canvas");
      canvas.width = 640;
      canvas.height = 480;
      const pen = canvas.getContext("2d");
      pen.fillStyle = pen.createLinearGradient(0, 0, 0, 340);
      pen.fillStyle.addColorStop(0, sky);
      pen.fillStyle.addColorStop(1, glow);
      pen.fillRect(0, 0, 640, 480);
      pen.fillStyle = sun;
      pen.beginPath();
      pen.arc(sunX, sunY, 54, 0, 2 * Math.PI);
      pen.fill();
      hills.forEach((hill, nth) => {
        pen.fillStyle = hill;
        pen.beginPath();
        pen.moveTo(0, 480);
        for (let x = 0; x <= 640; x += 4) {
          const far = x + sunX;
          const wide = 42 * Math.sin(far / (95 + 28 * nth) + 2.1 * nth);
          pen.lineTo(x, 270 + 62 * nth + wide + 14 * Math.sin(far / 37 + nth));
        }
        pen.lineTo(640, 480);
        pen.fill();
      });
      return canvas.toDataURL("image/png");
    },
    [sunX, sunY, sky, glow, sun, hills],
  );
  return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
}

const sunset = await draw([440, 205], ["#2b3a67", "#f2b880", "#ffe3b0", "#8d5a6e", "#5d3f5f", "#352b4a"]);
const morning = await draw([190, 150], ["#8cc5d6", "#fdf1cf", "#fffbe8", "#7fb39b", "#4d8a78", "#275e58"]);
const night = await draw([520, 90], ["#0d1b3d", "#4a5d94", "#e9edf7", "#2f4273", "#1d2c54", "#111b38"]);

const card = (heading) => page.getByRole("form", { name: heading });
const tile = (title) => page.getByRole("listitem").filter({ has: page.getByRole("img", { name: title }) });
const asFile = (name, buffer, mimeType = "image/png") => ({ name, mimeType, buffer });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function shoot(name, options = {}) {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), animations: "disabled", ...options });
  }
}

async function upload(heading, title, bytes) {
  await card(heading).locator("input[type=file]").setInputFiles(asFile("picture.png", bytes));
  await card(heading).getByLabel("Title").fill(title);
  await card(heading).getByRole("button", { name: "Upload" }).click();
  await card(heading).getByRole("status").filter({ hasText: `“${title}” is in the bucket.` }).waitFor();
}

/** The picture is drawn on the page, and everybody gets its bytes under its address. */
async function seeOnPage(title, bytes, way) {
  const image = tile(title).getByRole("img");
  await image.scrollIntoViewIfNeeded();
  await page.waitForFunction((shown) => shown.complete && shown.naturalWidth === 640, await image.elementHandle());
  const url = await image.getAttribute("src");
  assert.ok(url.startsWith(`${endpoint}/gallery-pictures/${way}/`), url);
  const answer = await fetch(url);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "image/png");
  assert.equal(sha256(Buffer.from(await answer.arrayBuffer())), sha256(bytes));
}

await check("serves the React build from the website bucket", async () => {
  const answer = await page.goto(`${site}/`);
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()["cache-control"], "no-cache");
  assert.ok(answer.headers()["x-amz-request-id"], "not from the object server");
  await page.getByText("The bucket is empty.").waitFor();
  await shoot("empty");
});

await check("answers an unknown address with the error document", async () => {
  const other = await open();
  const answer = await other.goto(`${site}/no/such/page`);
  assert.equal(answer.status(), 404);
  await other.getByRole("heading", { name: "Not in this gallery" }).waitFor();
  await other.close();
});

await check("uploads through Flask, and the ACL lets everybody see it", async () => {
  await upload("Through Flask", "Sunset over the hills", sunset);
  await seeOnPage("Sunset over the hills", sunset, "flask");
});

await check("uploads straight to the bucket, and the policy lets everybody see it", async () => {
  const sent = [];
  const note = (request) => sent.push(`${request.method()} ${new URL(request.url()).origin}`);
  page.on("request", note);
  await upload("Straight to the bucket", "Morning mist", morning);
  page.off("request", note);
  assert.deepEqual(
    sent.filter((line) => !/^(GET|OPTIONS) /.test(line)),
    [`POST ${backend}`, `PUT ${endpoint}`, `POST ${backend}`],
  );
  await seeOnPage("Morning mist", morning, "browser");
});

await check("shows both again after a reload", async () => {
  await page.reload();
  await seeOnPage("Sunset over the hills", sunset, "flask");
  await seeOnPage("Morning mist", morning, "browser");
});

await check("keeps what is neither listed nor public to itself", async () => {
  const listing = await fetch(`${endpoint}/gallery-pictures`);
  assert.equal(listing.status, 403);
  const denied = await fetch(`${endpoint}/gallery-pictures/private/picture.png`);
  assert.equal(denied.status, 403);
});

await check("says what is wrong with a file, on the page and from the backend", async () => {
  const flask = card("Through Flask");
  await flask.locator("input[type=file]").setInputFiles(asFile("notes.txt", Buffer.from("text"), "text/plain"));
  await flask.getByRole("alert").filter({ hasText: "“notes.txt” is no picture" }).waitFor();

  for (const heading of ["Through Flask", "Straight to the bucket"]) {
    await card(heading).locator("input[type=file]").setInputFiles(asFile("fake.png", Buffer.from("no picture at all")));
    await card(heading).getByRole("button", { name: "Upload" }).click();
    await card(heading).getByRole("alert").filter({ hasText: "This file is no picture" }).waitFor();
  }
});

await check("says when the backend does not answer, and tries again", async () => {
  await page.route(`${backend}/pictures`, (route) => route.abort());
  await page.reload();
  await page.getByRole("alert").filter({ hasText: "No answer from" }).waitFor();
  await page.unroute(`${backend}/pictures`);
  await page.getByRole("button", { name: "Try again" }).click();
  await seeOnPage("Morning mist", morning, "browser");
});

await check("signs URLs that take what they were signed for, from its own pages", async () => {
  const begin = async (size) => {
    const answer = await fetch(`${backend}/uploads`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "image/png", size }),
    });
    assert.equal(answer.status, 201);
    return answer.json();
  };
  const { url } = await begin(night.length);
  const put = (body, type, headers = {}) =>
    fetch(url, { method: "PUT", body, headers: { "Content-Type": type, ...headers } });
  assert.equal((await put(night.subarray(1), "image/png")).status, 403);
  assert.equal((await put(night, "text/html")).status, 403);

  const preflight = (origin) =>
    fetch(url, { method: "OPTIONS", headers: { Origin: origin, "Access-Control-Request-Method": "PUT" } });
  assert.equal((await preflight(site)).headers.get("access-control-allow-origin"), site);
  assert.equal((await preflight("http://elsewhere.example")).status, 403);
});

await check("has a plain page without JavaScript", async () => {
  const plain = await open({ javaScriptEnabled: false });
  await plain.goto(`${backend}/`);
  await plain.getByLabel("Picture").setInputFiles(asFile("night.png", night));
  await plain.getByLabel("Title").fill("Moon & stars <3");
  await plain.getByRole("button", { name: "Upload" }).click();
  await plain.getByRole("link", { name: "Moon & stars <3" }).waitFor();
  assert.equal(await plain.getByRole("row").count(), 4);
  await plain.getByLabel("Picture").setInputFiles(asFile("fake.png", Buffer.from("no picture at all")));
  await plain.getByLabel("Title").fill("Fake");
  await plain.getByRole("button", { name: "Upload" }).click();
  await plain.getByRole("alert").filter({ hasText: "This file is no picture" }).waitFor();
  await plain.close();
  await page.reload();
  await seeOnPage("Moon & stars <3", night, "flask");
});

if (process.env.SCREENSHOTS) {
  await page.reload();
  await tile("Morning mist").getByRole("img").scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, 0));
  await card("Straight to the bucket").locator("input[type=file]").setInputFiles(asFile("evening walk.png", sunset));
  await shoot("gallery", { fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot("dark", { fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 780 });
  await shoot("phone");
  await page.setViewportSize({ width: 1160, height: 760 });
}

await check("deletes a picture from the list and from the bucket", async () => {
  const url = await tile("Morning mist").getByRole("img").getAttribute("src");
  await tile("Morning mist").getByRole("button", { name: "Delete Morning mist" }).click();
  await tile("Morning mist").getByRole("button", { name: "Delete for good" }).click();
  await tile("Morning mist").waitFor({ state: "detached" });
  assert.equal((await fetch(url)).status, 403); // who may not list is not told that there is none
});

await check("stops everything that it started", async () => {
  await browser.close();
  running.script.kill("SIGINT");
  assert.equal(await running.ended, 0, running.said.slice(-20).join("\n"));
  assert.deepEqual(
    running.said.filter((line) => line.endsWith("has stopped")).map((line) => line.trim().split(" ")[0]),
    ["flask", "mariadb", "objectserver"],
  );
  for (const url of [endpoint, backend]) {
    await assert.rejects(fetch(url));
  }
  assert.ok(!(await readdir(join(scratch, "state"))).includes("mariadb.sock"));
});

await rm(scratch, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
