# syntax=docker/dockerfile:1

# The server as one image: published as one file, compiled ahead for a fast start, that needs no .NET beneath it; run as
# a user without rights, with its data in a volume. docker build -t objectserver .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# The packages change more rarely than the code: their layer is kept as long as no project file changes.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ObjectServer.Storage/ObjectServer.Storage.csproj src/ObjectServer.Storage/
COPY src/ObjectServer/ObjectServer.csproj src/ObjectServer/
COPY src/ObjectServer/Properties/ src/ObjectServer/Properties/
RUN case "$(uname -m)" in x86_64) echo linux-x64 ;; aarch64) echo linux-arm64 ;; *) exit 1 ;; esac >/profile \
    && dotnet restore src/ObjectServer -p:PublishProfile="$(cat /profile)"

COPY src/ src/
RUN dotnet publish src/ObjectServer -p:PublishProfile="$(cat /profile)" --no-restore --output /app \
    && mkdir /empty

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
LABEL org.opencontainers.image.title="ObjectServer" \
      org.opencontainers.image.description="A self-hosted S3-compatible object storage server" \
      org.opencontainers.image.licenses="Apache-2.0"

COPY --from=build /app /app
# A new volume takes the owner of the directory it covers; APP_UID is the image's own user without rights.
COPY --from=build --chown=$APP_UID:$APP_UID /empty /data

USER $APP_UID
WORKDIR /data
VOLUME /data
EXPOSE 9000

# One address for every client outside the container; no diagnostics port, so the root file system may be read-only.
ENV OBJECTSERVER_DATA=/data \
    OBJECTSERVER_LISTEN=http://0.0.0.0:9000 \
    DOTNET_EnableDiagnostics=0

# The image has no curl, but its bash speaks TCP. Behind TLS or on another port, give a check of your own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9000 && printf 'GET /-/health/ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 4 _ status _ <&3 && [ \"$status\" = 200 ]"]

STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/objectserver"]
CMD ["serve"]
