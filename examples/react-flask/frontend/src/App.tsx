import { useCallback, useEffect, useRef, useState } from "react";
import { backend, listPictures, uploadFromBrowser, uploadThroughFlask, type Picture } from "./api";
import { PictureGrid } from "./PictureGrid";
import { UploadCard } from "./UploadCard";

export function App() {
  const [pictures, setPictures] = useState<Picture[]>();
  const [trouble, setTrouble] = useState<string>();

  const load = useCallback(() => {
    setTrouble(undefined);
    listPictures().then(setPictures, (error: Error) => setTrouble(error.message));
  }, []);
  useEffect(load, [load]);

  const add = (picture: Picture) => setPictures((known = []) => [picture, ...known]);
  const heading = useRef<HTMLHeadingElement>(null);
  const remove = (picture: Picture) => {
    setPictures((known = []) => known.filter(({ id }) => id !== picture.id));
    // The button that had the focus goes with the picture.
    heading.current?.focus();
  };

  return (
    <>
      <header className="masthead">
        <h1>Gallery</h1>
        <p>
          This page is served from one bucket, its pictures from another. There are two ways to put one in.
        </p>
      </header>

      <main>
        <section className="ways" aria-label="Upload a picture">
          <UploadCard
            way="flask"
            heading="Through Flask"
            stops={["Browser", "Flask", "Bucket"]}
            upload={uploadThroughFlask}
            onUploaded={add}
          >
            The file goes to the backend, which writes it with boto3. An ACL, <code>public-read</code>, lets everybody
            see it.
          </UploadCard>
          <UploadCard
            way="browser"
            heading="Straight to the bucket"
            stops={["Browser", "Bucket"]}
            upload={uploadFromBrowser}
            onUploaded={add}
          >
            The backend only signs a URL. The bucket’s CORS rule lets this page <code>PUT</code> there, its policy lets
            everybody see it.
          </UploadCard>
        </section>

        <section aria-labelledby="pictures-heading">
          <h2 id="pictures-heading" ref={heading} tabIndex={-1}>
            Pictures {pictures && pictures.length > 0 && <span className="count">{pictures.length}</span>}
          </h2>
          {trouble ? (
            <div className="trouble" role="alert">
              <p>{trouble}</p>
              <button type="button" onClick={load}>
                Try again
              </button>
            </div>
          ) : (
            <PictureGrid pictures={pictures} onDeleted={remove} />
          )}
        </section>
      </main>

      <footer>
        Served from a website bucket at <span>{location.host}</span>. There is also{" "}
        <a href={`${backend}/`}>a plain page</a>, without JavaScript.
      </footer>
    </>
  );
}
