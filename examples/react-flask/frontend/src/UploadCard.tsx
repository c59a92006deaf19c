import { Fragment, useEffect, useId, useRef, useState, type DragEvent, type FormEvent, type ReactNode } from "react";
import { maxPictureBytes, pictureTypes, type Picture, type Progress, type Upload, type Way } from "./api";
import { showSize, titleOf } from "./format";

interface Props {
  way: Way;
  heading: string;
  /** Where the bytes pass. */
  stops: string[];
  upload: Upload;
  onUploaded: (picture: Picture) => void;
  children: ReactNode;
}

interface Chosen {
  file: File;
  preview: string;
}

export function UploadCard({ way, heading, stops, upload, onUploaded, children }: Props) {
  const [chosen, setChosen] = useState<Chosen>();
  const [title, setTitle] = useState("");
  const [progress, setProgress] = useState<Progress>();
  const [done, setDone] = useState("");
  const [error, setError] = useState("");
  const [isOver, setIsOver] = useState(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const titleInput = useRef<HTMLInputElement>(null);
  const headingId = useId();
  const isBusy = progress !== undefined;

  useEffect(() => {
    titleInput.current?.select();
    return () => URL.revokeObjectURL(chosen?.preview ?? "");
  }, [chosen]);

  function choose(file: File | undefined) {
    setDone("");
    setError(file ? findFault(file) : "");
    setChosen(file && !findFault(file) ? { file, preview: URL.createObjectURL(file) } : undefined);
    setTitle(file ? titleOf(file.name) : "");
    // Else choosing the same file again would be no change.
    fileInput.current!.value = "";
  }

  function drop(event: DragEvent) {
    event.preventDefault();
    setIsOver(false);
    if (!isBusy) {
      choose(event.dataTransfer.files[0]);
    }
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!chosen || isBusy) {
      return;
    }
    setError("");
    setProgress({ text: "Beginning", sent: 0 });
    try {
      const picture = await upload(chosen.file, title, setProgress);
      choose(undefined);
      setDone(`“${picture.title}” is in the bucket.`);
      onUploaded(picture);
      fileInput.current?.focus();
    } catch (problem) {
      setError((problem as Error).message);
    } finally {
      setProgress(undefined);
    }
  }

  return (
    <form className={`card way-${way}`} aria-labelledby={headingId} onSubmit={submit}>
      <Route stops={stops} />
      <h2 id={headingId}>{heading}</h2>
      <p className="explanation">{children}</p>

      <label
        className="drop"
        data-over={isOver || undefined}
        data-chosen={chosen ? true : undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <input
          ref={fileInput}
          className="unseen"
          type="file"
          accept={pictureTypes.join(",")}
          disabled={isBusy}
          onChange={(event) => choose(event.target.files?.[0])}
        />
        {chosen ? (
          <>
            <img src={chosen.preview} alt="" />
            <span className="file">
              <strong>{chosen.file.name}</strong>
              <span>{showSize(chosen.file.size)} · choose another</span>
            </span>
          </>
        ) : (
          <span className="file">
            <strong>Choose a picture</strong>
            <span>or drop one here · PNG, JPEG, GIF or WebP, up to {showSize(maxPictureBytes)}</span>
          </span>
        )}
      </label>

      {chosen && (
        <div className="send">
          <label>
            <span className="unseen">Title</span>
            <input
              ref={titleInput}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
              placeholder="Title"
              maxLength={200}
              required
              disabled={isBusy}
            />
          </label>
          <button type="submit" disabled={isBusy}>
            Upload
          </button>
        </div>
      )}

      {progress && (
        <progress aria-label="Sent" max={1} value={progress.sent}>
          {Math.round(progress.sent * 100)} %
        </progress>
      )}
      <p className="status" role="status">
        {progress ? `${progress.text} …` : done}
      </p>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}

function Route({ stops }: { stops: string[] }) {
  return (
    <p className="route" aria-label={`The bytes go from ${stops.join(" to ")}`}>
      {stops.map((stop, index) => (
        <Fragment key={stop}>
          {index > 0 && <span className="leg" aria-hidden="true" />}
          <span className="stop" aria-hidden="true">
            {stop}
          </span>
        </Fragment>
      ))}
    </p>
  );
}

/** What speaks against a file before anything is sent; empty if nothing does. */
function findFault(file: File): string {
  if (!pictureTypes.includes(file.type)) {
    return `“${file.name}” is no picture in PNG, JPEG, GIF or WebP.`;
  }
  if (file.size > maxPictureBytes) {
    return `“${file.name}” has ${showSize(file.size)}; a picture may have ${showSize(maxPictureBytes)}.`;
  }
  return file.size === 0 ? `“${file.name}” is empty.` : "";
}
