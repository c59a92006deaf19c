// A page of another origin in Chromium against a started server: what CORS rules allow, and what they do not. `npm ci` in
// this directory first. From the environment: ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and
// CHROMIUM, the browser (/usr/bin/chromium).
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as s3 from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const endpoint = process.env.ENDPOINT;
assert.ok(endpoint, "ENDPOINT: the server to check, such as http://127.0.0.1:9000");
const settings = {
  endpoint,
  region: process.env.AWS_REGION ?? "us-east-1",
  credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY },
};
const client = new s3.S3Client({ ...settings, forcePathStyle: true, maxAttempts: 1 });
const Bucket = `browser-${process.pid}-${Date.now()}`;
let failed = false;

async function check(name, body) {
  try {
    await body();
    console.log(`ok browser: ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok browser: ${name}`);
    console.log(String(error?.stack ?? error).slice(0, 3000).replace(/^/gm, "    "));
  }
}

const bundle = await build({
  entryPoints: [fileURLToPath(new URL("browser/page.mjs", import.meta.url))],
  bundle: true,
  format: "iife",
  platform: "browser",
  logLevel: "error",
  write: false,
});

/** Serves the page; each port is an origin of its own. */
async function openOrigin() {
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? bundle.outputFiles[0].contents : '<!doctype html><script src="/page.js"></script>');
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

const ours = await openOrigin();
const others = await openOrigin();
const profile = await mkdtemp(join(tmpdir(), "objectserver-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
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
const page = await browser.newPage();
await page.goto(ours.origin);

const send = (url, method, length = null, headers = {}, from = page) =>
  from.evaluate((given) => window.checks.send(...given), [url, method, length, headers]);
const presign = (command, more = {}) => getSignedUrl(client, command, { expiresIn: 300, ...more });
const allow = (...CORSRules) =>
  client.send(new s3.PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
const uploads = {
  AllowedHeaders: ["*"],
  AllowedMethods: ["GET", "PUT", "POST", "HEAD"],
  AllowedOrigins: [ours.origin],
  // In parts, the SDK gives back to the server the checksum that it was told of each part.
  ExposeHeaders: ["ETag", "x-amz-checksum-crc32"],
};

await client.send(new s3.CreateBucketCommand({ Bucket }));

await check("is allowed nothing without rules", async () => {
  await client.send(new s3.PutObjectCommand({ Bucket, Key: "before", Body: "before" }));
  assert.deepEqual(await send(await presign(new s3.GetObjectCommand({ Bucket, Key: "before" })), "GET"), {
    failed: "TypeError",
  });
});

await check("puts and gets with presigned URLs", async () => {
  await allow(uploads);
  const stored = await send(
    await presign(new s3.PutObjectCommand({ Bucket, Key: "picture +1.png", ContentType: "image/png" })),
    "PUT",
    100_001,
    { "Content-Type": "image/png" },
  );
  assert.equal(stored.status, 200, stored.text);
  assert.match(stored.headers.etag, /^"[0-9a-f]{32}"$/);
  assert.equal(stored.headers["x-amz-request-id"], undefined);
  const back = await send(await presign(new s3.GetObjectCommand({ Bucket, Key: "picture +1.png" })), "GET");
  assert.equal(back.status, 200, back.text);
  assert.equal(back.headers["content-type"], "image/png");
  assert.equal(back.sha256, stored.sent);
});

await check("uploads in parts with the SDK", async () => {
  const length = (11 << 20) + 7;
  const uploaded = await page.evaluate(
    (given) => window.checks.upload(...given),
    [settings, Bucket, "parts.png", length],
  );
  assert.match(uploaded.ETag, /^"[0-9a-f]{32}-3"$/);
  assert.equal(uploaded.progress, length);
  assert.equal(uploaded.type, "image/png");
  assert.equal(uploaded.sha256, uploaded.sent);
});

await check("reads refusals", async () => {
  const absent = await send(await presign(new s3.GetObjectCommand({ Bucket, Key: "absent" })), "GET");
  assert.equal(absent.status, 404);
  assert.match(absent.text, /<Code>NoSuchKey<\/Code>/);
  const url = await presign(new s3.GetObjectCommand({ Bucket, Key: "before" }));
  const tampered = await send(url.replace("before", "picture"), "GET");
  assert.equal(tampered.status, 403);
  assert.match(tampered.text, /<Code>SignatureDoesNotMatch<\/Code>/);
});

await check("is kept from a method that no rule allows", async () => {
  const refused = await send(await presign(new s3.DeleteObjectCommand({ Bucket, Key: "before" })), "DELETE");
  assert.deepEqual(refused, { failed: "TypeError" });
  await client.send(new s3.HeadObjectCommand({ Bucket, Key: "before" }));
});

await check("is kept from a header that no rule allows", async () => {
  await allow({ ...uploads, AllowedHeaders: ["content-type"] });
  const url = await presign(new s3.PutObjectCommand({ Bucket, Key: "tagged" }));
  assert.deepEqual(await send(url, "PUT", 10, { "x-amz-meta-a": "b" }), { failed: "TypeError" });
  assert.equal((await send(url, "PUT", 10, { "Content-Type": "text/plain" })).status, 200);
});

await check("is one origin and not the other", async () => {
  const url = await presign(new s3.GetObjectCommand({ Bucket, Key: "before" }));
  const other = await browser.newPage();
  await other.goto(others.origin);
  assert.deepEqual(await send(url, "GET", null, {}, other), { failed: "TypeError" });
  await allow({ AllowedMethods: ["GET"], AllowedOrigins: ["http://127.0.0.*"] });
  assert.equal((await send(url, "GET", null, {}, other)).text, "before");
});

await browser.close();
await rm(profile, { recursive: true, force: true });
client.destroy();
for (const { server } of [ours, others]) {
  server.closeAllConnections();
  server.close();
}

process.exit(failed ? 1 : 0);
