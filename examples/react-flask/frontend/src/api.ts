// The two ways of a picture into the bucket, and what else the backend can be asked for.

/** The backend; run.sh gives it to the build. */
export const backend: string = import.meta.env.VITE_API ?? "http://127.0.0.1:5000";

export const maxPictureBytes = 20_000_000;
export const pictureTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export type Way = "flask" | "browser";

export interface Picture {
  id: number;
  title: string;
  url: string;
  type: string;
  size: number;
  way: Way;
  uploadedAt: string;
}

/** How far an upload is: a sentence, and the share of the bytes that were sent, from 0 to 1. */
export interface Progress {
  text: string;
  sent: number;
}

export type Upload = (file: File, title: string, report: (progress: Progress) => void) => Promise<Picture>;

/** The browser sends the file to Flask, which writes it to the bucket with boto3 and `ACL: public-read`. */
export const uploadThroughFlask: Upload = async (file, title, report) => {
  const form = new FormData();
  form.set("title", title);
  form.set("file", file);
  const answer = await send("POST", `${backend}/pictures`, form, {
    progress: (sent) =>
      report({ text: sent < 1 ? "Sending to Flask" : "Flask writes it to the bucket", sent }),
  });
  return JSON.parse(answer);
};

/** Flask signs a URL, the browser PUTs the file there, which is in the bucket, and then tells Flask. */
export const uploadFromBrowser: Upload = async (file, title, report) => {
  report({ text: "Asking Flask for a signed URL", sent: 0 });
  const begun = await send("POST", `${backend}/uploads`, JSON.stringify({ type: file.type, size: file.size }), {
    contentType: "application/json",
  });
  const { key, url, type } = JSON.parse(begun) as { key: string; url: string; type: string };

  await send("PUT", url, file, {
    contentType: type,
    progress: (sent) => report({ text: "Sending to the bucket", sent }),
  });

  report({ text: "Telling Flask that it is there", sent: 1 });
  const finished = await send("POST", `${backend}/uploads/${key}`, JSON.stringify({ title }), {
    contentType: "application/json",
  });
  return JSON.parse(finished);
};

export async function listPictures(): Promise<Picture[]> {
  return JSON.parse(await send("GET", `${backend}/pictures`));
}

export async function deletePicture(picture: Picture): Promise<void> {
  await send("DELETE", `${backend}/pictures/${picture.id}`);
}

/** One request, and the text of its answer. Not fetch: that does not tell how much of a body was sent. */
function send(
  method: string,
  url: string,
  body?: XMLHttpRequestBodyInit,
  { contentType, progress }: { contentType?: string; progress?: (sent: number) => void } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    if (contentType) {
      request.setRequestHeader("Content-Type", contentType);
    }
    if (progress) {
      request.upload.onprogress = (event) => progress(event.total > 0 ? event.loaded / event.total : 0);
    }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve(request.responseText);
      } else {
        reject(new Error(sayRefusal(request)));
      }
    };
    request.onerror = () => reject(new Error(`No answer from ${new URL(url).host}. Is it running?`));
    request.send(body);
  });
}

/** What the backend says in JSON, or the bucket in XML. */
function sayRefusal(request: XMLHttpRequest): string {
  const type = request.getResponseHeader("Content-Type") ?? "";
  if (type.includes("json")) {
    return (JSON.parse(request.responseText) as { error: string }).error;
  }
  const code = type.includes("xml") ? request.responseXML?.querySelector("Code")?.textContent : null;
  return code ? `The bucket refused the picture: ${code}.` : `The answer was ${request.status} ${request.statusText}.`;
}
