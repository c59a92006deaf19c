// The AWS SDK for JavaScript against a started server. `npm ci` in this directory first. From the environment:
// ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import * as s3 from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const endpoint = process.env.ENDPOINT;
assert.ok(endpoint, "ENDPOINT: the server to check, such as http://127.0.0.1:9000");

/** A client that never retries, so that one wrong answer is seen. */
function connect(settings = {}) {
  return new s3.S3Client({
    endpoint,
    region: process.env.AWS_REGION ?? "us-east-1",
    credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY },
    forcePathStyle: true,
    maxAttempts: 1,
    ...settings,
  });
}

const client = connect();
const Bucket = `javascript-${process.pid}-${Date.now()}`;
let failed = false;

async function check(name, body) {
  try {
    await body();
    console.log(`ok javascript: ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok javascript: ${name}`);
    console.log(String(error?.stack ?? error).slice(0, 3000).replace(/^/gm, "    "));
  }
}

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const md5 = (bytes) => createHash("md5").update(bytes).digest("hex");
const bytesOf = async (answer) => Buffer.from(await answer.Body.transformToByteArray());
const put = (Key, Body, more = {}) => client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key, more = {}) => client.send(new s3.GetObjectCommand({ Bucket, Key, ...more }));
const head = (Key, more = {}) => client.send(new s3.HeadObjectCommand({ Bucket, Key, ...more }));

/** A body whose length the SDK cannot know beforehand: it is sent as aws-chunked with a trailer. */
async function* inPieces(bytes, pieceBytes) {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    yield bytes.subarray(start, start + pieceBytes);
  }
}

function refusesWith(name, status) {
  return (error) => {
    assert.equal(error.name, name);
    assert.equal(error.$metadata.httpStatusCode, status);
    return true;
  };
}

await check("makes a bucket", async () => {
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  const { Buckets } = await client.send(new s3.ListBucketsCommand({}));
  assert.ok(Buckets.some((bucket) => bucket.Name === Bucket && bucket.CreationDate instanceof Date));
});

await check("puts and gets with metadata", async () => {
  const bytes = randomBytes(100_000);
  const answer = await put("dir/some object +%&?#/ü-😀", bytes, {
    ContentType: "text/x-odd",
    CacheControl: "max-age=7",
    ContentDisposition: 'attachment; filename="a b"',
    Metadata: { color: "blue", shape: "round" },
  });
  assert.equal(answer.ETag, `"${md5(bytes)}"`);
  const back = await get("dir/some object +%&?#/ü-😀");
  assert.equal(sha256(await bytesOf(back)), sha256(bytes));
  assert.equal(back.ContentType, "text/x-odd");
  assert.equal(back.CacheControl, "max-age=7");
  assert.equal(back.ContentDisposition, 'attachment; filename="a b"');
  assert.deepEqual(back.Metadata, { color: "blue", shape: "round" });
});

await check("puts an empty object", async () => {
  await put("empty", "");
  const back = await get("empty");
  assert.equal(back.ContentLength, 0);
  assert.equal((await bytesOf(back)).length, 0);
});

await check("streams a body with a trailing checksum", async () => {
  const bytes = randomBytes(3_000_001);
  await put("streamed", Readable.from(inPieces(bytes, 70_001)), { ContentLength: bytes.length });
  const back = await get("streamed");
  assert.equal(sha256(await bytesOf(back)), sha256(bytes));
  assert.equal(back.ContentEncoding ?? "", "");
});

await check("gets ranges", async () => {
  const bytes = randomBytes(10_000);
  await put("ranged", bytes);
  const middle = await get("ranged", { Range: "bytes=100-199" });
  assert.equal(middle.ContentRange, "bytes 100-199/10000");
  assert.equal(sha256(await bytesOf(middle)), sha256(bytes.subarray(100, 200)));
  const tail = await get("ranged", { Range: "bytes=-50" });
  assert.equal(sha256(await bytesOf(tail)), sha256(bytes.subarray(9_950)));
  await assert.rejects(get("ranged", { Range: "bytes=10000-" }), refusesWith("InvalidRange", 416));
});

for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
  await check(`keeps ${ChecksumAlgorithm}`, async () => {
    const bytes = randomBytes(54_321);
    const key = `checksum-${ChecksumAlgorithm}`;
    const field = `Checksum${ChecksumAlgorithm}`;
    let sent;
    try {
      sent = await put(key, bytes, { ChecksumAlgorithm });
    } catch (error) {
      // The SDK computes CRC64NVME only with an optional native package; the server computes it unasked.
      if (!/CRC64NVME/.test(String(error))) {
        throw error;
      }
      sent = await connect({ requestChecksumCalculation: "WHEN_REQUIRED" }).send(
        new s3.PutObjectCommand({ Bucket, Key: key, Body: bytes }),
      );
    }
    assert.ok(sent[field]);
    const found = await head(key, { ChecksumMode: "ENABLED" });
    assert.equal(found[field], sent[field]);
    const back = await get(key, { ChecksumMode: "ENABLED" });
    assert.equal(sha256(await bytesOf(back)), sha256(bytes));
  });
}

await check("refuses a wrong checksum", async () => {
  const wrong = createHash("sha256").update("other").digest("base64");
  await assert.rejects(put("wrong", "content", { ChecksumSHA256: wrong }), refusesWith("BadDigest", 400));
  await assert.rejects(head("wrong"), refusesWith("NotFound", 404));
});

await check("judges conditions", async () => {
  const first = await put("conditional", "first", { IfNoneMatch: "*" });
  await assert.rejects(put("conditional", "second", { IfNoneMatch: "*" }), refusesWith("PreconditionFailed", 412));
  await assert.rejects(
    put("conditional", "second", { IfMatch: `"${md5("other")}"` }),
    refusesWith("PreconditionFailed", 412),
  );
  assert.equal(String(await bytesOf(await get("conditional"))), "first");
  const second = await put("conditional", "second", { IfMatch: first.ETag });
  assert.equal(String(await bytesOf(await get("conditional", { IfMatch: second.ETag }))), "second");
  await assert.rejects(
    get("conditional", { IfNoneMatch: second.ETag }),
    (error) => error.$metadata.httpStatusCode === 304,
  );
  const attempts = await Promise.allSettled(
    Array.from({ length: 8 }, (_, number) => put("raced", `attempt ${number}`, { IfNoneMatch: "*" })),
  );
  assert.equal(attempts.filter((attempt) => attempt.status === "fulfilled").length, 1);
});

await check("lists in pages, in order", async () => {
  const keys = Array.from({ length: 25 }, (_, number) => `list/${String(number).padStart(2, "0")}`);
  keys.push("list/é", "list/\uFF5E", "list/😀");
  await Promise.all(keys.map((key) => put(key, key)));
  const listed = [];
  for await (const page of s3.paginateListObjectsV2({ client, pageSize: 7 }, { Bucket, Prefix: "list/" })) {
    assert.ok(page.KeyCount <= 7);
    listed.push(...page.Contents.map((entry) => entry.Key));
  }
  assert.deepEqual(listed, keys);
  const folded = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: "list", Delimiter: "/" }));
  assert.deepEqual(folded.CommonPrefixes, [{ Prefix: "list/" }]);
  assert.equal(folded.Contents, undefined);
});

await check("uploads in parts", async () => {
  const bytes = randomBytes((13 << 20) + 7);
  const upload = new Upload({
    client,
    params: { Bucket, Key: "parts", Body: Readable.from(inPieces(bytes, 900_001)), Metadata: { kind: "parts" } },
    partSize: 5 << 20,
    queueSize: 3,
  });
  const done = await upload.done();
  assert.match(done.ETag, /^"[0-9a-f]{32}-3"$/);
  const back = await get("parts");
  assert.equal(sha256(await bytesOf(back)), sha256(bytes));
  assert.deepEqual(back.Metadata, { kind: "parts" });
  const second = await get("parts", { PartNumber: 2 });
  assert.equal(second.PartsCount, 3);
  assert.equal(sha256(await bytesOf(second)), sha256(bytes.subarray(5 << 20, 10 << 20)));
  const attributes = await client.send(
    new s3.GetObjectAttributesCommand({ Bucket, Key: "parts", ObjectAttributes: ["ObjectSize", "ObjectParts"] }),
  );
  assert.equal(attributes.ObjectSize, bytes.length);
  assert.equal(attributes.ObjectParts.TotalPartsCount, 3);
});

await check("aborts an upload", async () => {
  const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "aborted" }));
  await client.send(new s3.UploadPartCommand({ Bucket, Key: "aborted", UploadId, PartNumber: 1, Body: "part" }));
  await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key: "aborted", UploadId }));
  await assert.rejects(
    client.send(new s3.ListPartsCommand({ Bucket, Key: "aborted", UploadId })),
    refusesWith("NoSuchUpload", 404),
  );
});

await check("copies", async () => {
  const copied = await client.send(
    new s3.CopyObjectCommand({ Bucket, Key: "copied", CopySource: `${Bucket}/${encodeURIComponent("list/😀")}` }),
  );
  assert.equal(copied.CopyObjectResult.ETag, `"${md5("list/😀")}"`);
  assert.equal(String(await bytesOf(await get("copied"))), "list/😀");
});

await check("tags", async () => {
  const tags = [{ Key: "color", Value: "dark blue" }, { Key: "empty", Value: "" }];
  await client.send(new s3.PutObjectTaggingCommand({ Bucket, Key: "copied", Tagging: { TagSet: tags } }));
  const { TagSet } = await client.send(new s3.GetObjectTaggingCommand({ Bucket, Key: "copied" }));
  assert.deepEqual(TagSet.sort((a, b) => a.Key.localeCompare(b.Key)), tags);
});

await check("presigns GET and PUT", async () => {
  const bytes = randomBytes(12_345);
  const putUrl = await getSignedUrl(
    client,
    new s3.PutObjectCommand({ Bucket, Key: "presigned +1", ContentType: "text/x-odd" }),
    { expiresIn: 60 },
  );
  const stored = await fetch(putUrl, { method: "PUT", body: bytes, headers: { "content-type": "text/x-odd" } });
  assert.equal(stored.status, 200, await stored.text());
  const getUrl = await getSignedUrl(
    client,
    new s3.GetObjectCommand({ Bucket, Key: "presigned +1", ResponseContentType: "text/other" }),
    { expiresIn: 60 },
  );
  const back = await fetch(getUrl);
  assert.equal(back.status, 200);
  assert.equal(back.headers.get("content-type"), "text/other");
  assert.equal(sha256(Buffer.from(await back.arrayBuffer())), sha256(bytes));
  const tampered = await fetch(getUrl.replace("text%2Fother", "text%2Fevil"));
  assert.equal(tampered.status, 403);
  assert.match(await tampered.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
});

await check("posts a form as a browser does", async () => {
  const { url, fields } = await createPresignedPost(client, {
    Bucket,
    Key: "posted/${filename}",
    Conditions: [["starts-with", "$key", "posted/"], ["content-length-range", 1, 100_000], { "x-amz-meta-color": "blue" }],
    Fields: { "x-amz-meta-color": "blue", success_action_status: "201" },
    Expires: 60,
  });
  const bytes = randomBytes(4_321);
  const formOf = (content) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      form.append(name, value);
    }
    form.append("file", new Blob([content]), "a file.bin");
    return form;
  };
  const stored = await fetch(url, { method: "POST", body: formOf(bytes) });
  assert.equal(stored.status, 201, await stored.text());
  const back = await get("posted/a file.bin");
  assert.equal(sha256(await bytesOf(back)), sha256(bytes));
  assert.deepEqual(back.Metadata, { color: "blue" });
  const refused = await fetch(url, { method: "POST", body: formOf(randomBytes(100_001)) });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /<Code>EntityTooLarge<\/Code>/);
});

await check("keeps versions", async () => {
  await client.send(
    new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const first = await put("versioned", "first");
  const second = await put("versioned", "second");
  assert.notEqual(first.VersionId, second.VersionId);
  const marker = await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "versioned" }));
  assert.equal(marker.DeleteMarker, true);
  await assert.rejects(get("versioned"), refusesWith("NoSuchKey", 404));
  assert.equal(String(await bytesOf(await get("versioned", { VersionId: first.VersionId }))), "first");
  const { Versions, DeleteMarkers } = await client.send(
    new s3.ListObjectVersionsCommand({ Bucket, Prefix: "versioned" }),
  );
  assert.deepEqual(Versions.map((version) => version.VersionId), [second.VersionId, first.VersionId]);
  assert.deepEqual(DeleteMarkers.map((found) => [found.VersionId, found.IsLatest]), [[marker.VersionId, true]]);
  await client.send(new s3.DeleteObjectCommand({ Bucket, Key: "versioned", VersionId: marker.VersionId }));
  assert.equal(String(await bytesOf(await get("versioned"))), "second");
});

await check("names its refusals", async () => {
  await assert.rejects(get("absent"), refusesWith("NoSuchKey", 404));
  await assert.rejects(
    client.send(new s3.ListObjectsV2Command({ Bucket: `${Bucket}-absent` })),
    refusesWith("NoSuchBucket", 404),
  );
  const stranger = connect({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: "wrong" } });
  await assert.rejects(
    stranger.send(new s3.ListObjectsV2Command({ Bucket })),
    refusesWith("SignatureDoesNotMatch", 403),
  );
});

await check("deletes many at once", async () => {
  let page;
  do {
    page = await client.send(new s3.ListObjectVersionsCommand({ Bucket, MaxKeys: 20 }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    const { Deleted, Errors } = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    assert.equal(Errors, undefined);
    assert.equal(Deleted.length, Objects.length);
  } while (page.IsTruncated);
  await client.send(new s3.DeleteBucketCommand({ Bucket }));
  await assert.rejects(client.send(new s3.HeadBucketCommand({ Bucket })), refusesWith("NotFound", 404));
});

client.destroy();
process.exit(failed ? 1 : 0);
