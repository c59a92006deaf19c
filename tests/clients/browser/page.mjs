// What the page of browser.mjs can do; it is bundled with the SDK and runs in Chromium. Each function is called by its
// name from the check and gives back what the page was allowed to see.
import * as s3 from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

/** Bytes that are not all the same. */
function make(length) {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

window.checks = {
  /** Sends bytes of this length; a failed fetch says so, as a browser does where CORS forbids it. */
  async send(url, method, length, headers) {
    const body = length === null ? undefined : make(length);
    try {
      const answer = await fetch(url, { method, headers, body: body && new Blob([body]) });
      const bytes = await answer.arrayBuffer();
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        sha256: await sha256(bytes),
        text: bytes.byteLength < 10_000 ? new TextDecoder().decode(bytes) : null,
        sent: body && (await sha256(body)),
      };
    } catch (error) {
      return { failed: error.name };
    }
  },

  /** Uploads a file in parts with the SDK, and reads it back with it. */
  async upload(settings, Bucket, Key, length) {
    const client = new s3.S3Client({ ...settings, forcePathStyle: true, maxAttempts: 1 });
    const bytes = make(length);
    let progress = 0;
    const upload = new Upload({
      client,
      params: { Bucket, Key, Body: new File([bytes], "picture.png", { type: "image/png" }), ContentType: "image/png" },
      partSize: 5 << 20,
      queueSize: 3,
    });
    upload.on("httpUploadProgress", ({ loaded }) => (progress = Math.max(progress, loaded)));
    const { ETag } = await upload.done();
    const back = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
    return {
      ETag,
      progress,
      type: back.ContentType,
      sent: await sha256(bytes),
      sha256: await sha256(await back.Body.transformToByteArray()),
    };
  },
};
