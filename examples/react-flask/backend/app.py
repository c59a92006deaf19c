"""The backend of the gallery.

    GET     /                 a plain page with a form and a list, without JavaScript
    GET     /pictures         all pictures, newest first
    POST    /pictures         a form with a file and a title: the file goes through here into the bucket
    POST    /uploads          JSON with type and size: a presigned URL, with which the browser writes to the bucket
    POST    /uploads/KEY      JSON with a title: the browser has written; from now on the picture is in the list
    DELETE  /pictures/ID
    GET     /health

Errors are JSON, {"error": "a sentence"}, but for browsers that ask for HTML.
"""

import os
from uuid import uuid4

import pymysql
from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bucket import Bucket
from formats import BY_EXTENSION, BY_TYPE, HEAD_BYTES, format_of
from pictures import AlreadyKnown, Picture, Pictures

MAX_PICTURE_BYTES = 20_000_000
MAX_TITLE_LENGTH = 200
PRESIGNED_SECONDS = 300

FORMATS = "PNG, JPEG, GIF or WebP"

bucket = Bucket(os.environ["S3_ENDPOINT"], os.environ["PICTURES_BUCKET"])
pictures = Pictures(os.environ["MARIADB_SOCKET"], os.environ["MARIADB_USER"], os.environ["MARIADB_DATABASE"])
site_origin = os.environ["SITE_ORIGIN"]

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = MAX_PICTURE_BYTES + 100_000  # a form has more in it than its file


@app.get("/")
def show_plain_page() -> str:
    return plain_page()


@app.get("/pictures")
def list_pictures() -> Response:
    return jsonify([as_json(picture) for picture in pictures.newest_first()])


@app.post("/pictures")
def upload_through_flask() -> ResponseReturnValue:
    file = request.files.get("file")
    if file is None or not file.filename:
        abort(400, "There is no file in the form.")
    title = title_from(request.form.get("title"))

    known = format_of(file.stream.read(HEAD_BYTES))
    if known is None:
        abort(415, f"This file is no picture in {FORMATS}.")
    size = file.stream.seek(0, os.SEEK_END)
    if size > MAX_PICTURE_BYTES:
        abort(413)
    file.stream.seek(0)

    key = f"flask/{uuid4().hex}.{known.extension}"
    bucket.put_public(key, file.stream, known.type)
    picture = pictures.add(key, title, known.type, size)
    if wants_html():
        return redirect(url_for("show_plain_page"), 303)
    return jsonify(as_json(picture)), 201


@app.post("/uploads")
def begin_upload_by_browser() -> ResponseReturnValue:
    wanted = json_object()
    known = BY_TYPE.get(str(wanted.get("type")))
    if known is None:
        abort(415, f"Pictures are taken in {FORMATS}.")
    size = wanted.get("size")
    if type(size) is not int or size < 1:
        abort(400, "The size of the picture is a number of bytes.")
    if size > MAX_PICTURE_BYTES:
        abort(413)

    key = f"{uuid4().hex}.{known.extension}"
    url = bucket.presign_put(f"browser/{key}", known.type, size, PRESIGNED_SECONDS)
    return jsonify(key=key, url=url, type=known.type), 201


@app.post("/uploads/<key>")
def finish_upload_by_browser(key: str) -> ResponseReturnValue:
    title = title_from(json_object().get("title"))
    known = BY_EXTENSION.get(key.rpartition(".")[2])
    object_key = f"browser/{key}"
    found = bucket.look_at(object_key, HEAD_BYTES) if known else None
    if found is None:
        abort(404, "There is no such upload in the bucket.")
    if format_of(found.head) != known:
        bucket.remove(object_key)
        abort(415, f"This file is no picture in {FORMATS}.")
    try:
        picture = pictures.add(object_key, title, known.type, found.size)
    except AlreadyKnown:
        abort(409, "This upload is in the list already.")
    return jsonify(as_json(picture)), 201


@app.delete("/pictures/<int:picture_id>")
def delete_picture(picture_id: int) -> ResponseReturnValue:
    picture = pictures.find(picture_id)
    if picture is None:
        abort(404, "There is no such picture.")
    # In this order a failure between the two leaves a picture that can be deleted again, not bytes that nobody knows.
    bucket.remove(picture.object_key)
    pictures.remove(picture.id)
    return "", 204


@app.get("/health")
def health() -> Response:
    bucket.check()
    pictures.newest_first(limit=1)
    return jsonify(status="ready")


@app.after_request
def allow_site(response: Response) -> Response:
    """Pages of the site, which is another origin, may call this one; the bucket has its CORS rule for that."""
    response.headers.add("Vary", "Origin")
    if request.headers.get("Origin") == site_origin:
        response.headers["Access-Control-Allow-Origin"] = site_origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type"
            response.headers["Access-Control-Max-Age"] = "600"
    return response


@app.errorhandler(HTTPException)
def answer_refusal(error: HTTPException) -> ResponseReturnValue:
    text = error.description or error.name
    if error.code == 413:
        text = f"A picture may have {MAX_PICTURE_BYTES // 1_000_000} MB."
    if wants_html() and request.endpoint in ("show_plain_page", "upload_through_flask"):
        return plain_page(error=text), error.code or 500
    return jsonify(error=text), error.code or 500


@app.errorhandler(ClientError)
@app.errorhandler(BotoCoreError)
def answer_bucket_trouble(error: Exception) -> ResponseReturnValue:
    app.logger.error("The bucket: %s", error)
    return jsonify(error="The object server did not do what it was asked. The backend's log says why."), 502


@app.errorhandler(pymysql.err.OperationalError)
def answer_database_trouble(error: Exception) -> ResponseReturnValue:
    app.logger.error("The database: %s", error)
    return jsonify(error="The database does not answer. The backend's log says why."), 503


def plain_page(error: str | None = None) -> str:
    return render_template(
        "index.html",
        pictures=[as_json(picture) for picture in pictures.newest_first()],
        types=",".join(BY_TYPE),
        site=site_origin,
        max_title_length=MAX_TITLE_LENGTH,
        error=error,
    )


def wants_html() -> bool:
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def json_object() -> dict[str, object]:
    body = request.get_json()
    if not isinstance(body, dict):
        abort(400, "The body is a JSON object.")
    return body


def title_from(value: object) -> str:
    title = value.strip() if isinstance(value, str) else ""
    if not title:
        abort(400, "A picture has a title.")
    if len(title) > MAX_TITLE_LENGTH:
        abort(400, f"A title has at most {MAX_TITLE_LENGTH} characters.")
    return title


def as_json(picture: Picture) -> dict[str, object]:
    return {
        "id": picture.id,
        "title": picture.title,
        "url": bucket.url(picture.object_key),
        "type": picture.type,
        "size": picture.size,
        "way": picture.way,
        "uploadedAt": picture.uploaded_at.isoformat() + "Z",
    }
