-- What is known of the pictures; their bytes are in the bucket.
CREATE TABLE IF NOT EXISTS pictures (
    id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    object_key  VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
    title       VARCHAR(200) CHARACTER SET utf8mb4 NOT NULL,
    type        VARCHAR(20) CHARACTER SET ascii NOT NULL,
    size        BIGINT UNSIGNED NOT NULL,
    uploaded_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB;
