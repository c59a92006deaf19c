import { useState } from "react";
import { deletePicture, type Picture, type Way } from "./api";
import { showSize, showTime } from "./format";

const wayNames: Record<Way, string> = { flask: "Through Flask", browser: "Straight to the bucket" };

interface Props {
  /** Undefined while they are being asked for. */
  pictures: Picture[] | undefined;
  onDeleted: (picture: Picture) => void;
}

export function PictureGrid({ pictures, onDeleted }: Props) {
  if (!pictures) {
    return (
      <ul className="grid" aria-busy="true" aria-label="Loading pictures">
        {[0, 1, 2].map((place) => (
          <li key={place} className="picture placeholder" />
        ))}
      </ul>
    );
  }

  if (pictures.length === 0) {
    return (
      <div className="empty">
        <svg viewBox="0 0 120 80" aria-hidden="true">
          <rect x="1.5" y="1.5" width="117" height="77" rx="10" />
          <circle cx="84" cy="26" r="9" />
          <path d="M14 66 44 32l20 22 11-11 31 23" />
        </svg>
        <p>
          <strong>The bucket is empty.</strong>
          <br />
          Upload a picture above, either way, and it appears here.
        </p>
      </div>
    );
  }

  return (
    <ul className="grid">
      {pictures.map((picture) => (
        <PictureTile key={picture.id} picture={picture} onDeleted={onDeleted} />
      ))}
    </ul>
  );
}

type Deleting = "no" | "asked" | "now" | "kept";

function PictureTile({ picture, onDeleted }: { picture: Picture; onDeleted: (picture: Picture) => void }) {
  const [deleting, setDeleting] = useState<Deleting>("no");
  const [error, setError] = useState("");
  const [isUnseen, setIsUnseen] = useState(false);

  async function remove() {
    setDeleting("now");
    setError("");
    try {
      await deletePicture(picture);
      onDeleted(picture);
    } catch (problem) {
      setError((problem as Error).message);
      setDeleting("kept");
    }
  }

  return (
    <li className={`picture way-${picture.way}`}>
      <a href={picture.url} target="_blank" rel="noreferrer">
        {isUnseen ? (
          <span className="broken">The bucket does not show this picture</span>
        ) : (
          <img src={picture.url} alt={picture.title} loading="lazy" onError={() => setIsUnseen(true)} />
        )}
      </a>
      <div className="caption">
        <h3 title={picture.title}>{picture.title}</h3>
        <p>
          {showSize(picture.size)} · <time dateTime={picture.uploadedAt}>{showTime(picture.uploadedAt)}</time>
        </p>
        <p className="foot">
          {deleting === "no" || deleting === "kept" ? (
            <>
              <span className="badge">{wayNames[picture.way]}</span>
              <button
                type="button"
                className="quiet"
                autoFocus={deleting === "kept"}
                aria-label={`Delete ${picture.title}`}
                onClick={() => setDeleting("asked")}
              >
                Delete
              </button>
            </>
          ) : (
            <>
              <button type="button" className="quiet danger" autoFocus disabled={deleting === "now"} onClick={remove}>
                Delete for good
              </button>
              <button type="button" className="quiet" disabled={deleting === "now"} onClick={() => setDeleting("kept")}>
                Keep
              </button>
            </>
          )}
        </p>
        {error && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
      </div>
    </li>
  );
}
