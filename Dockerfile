# The service and the trainer, each an image of its own:
#   docker build --target service --tag digits-service .
#   docker build --target trainer --tag digits-trainer .
# and the service's with Dask, for python -m service.bulk on several hosts:
#   docker build --target bulk --tag digits-bulk .
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS base
# A fixed number, so that volumes and Kubernetes can name the owner. A new named volume
# takes the owner of the directory that it is mounted on.
RUN groupadd --gid 10001 digits \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin digits \
    && install --directory --owner=10001 --group=10001 /models /state /data
# Bytecode is compiled below, at build time: the root file system is read-only later.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DIGITS_STORE=/models \
    DIGITS_STATE=/state
WORKDIR /app
LABEL org.opencontainers.image.licenses="MIT"

# What fills an image's /venv, and lists what is in it.
FROM base AS tools
COPY requirements/image.txt deploy/image/fill-venv /tools/
RUN python -m venv /tools \
    && /tools/bin/pip install --no-cache-dir --require-hashes --requirement /tools/image.txt

FROM tools AS service-venv
COPY requirements/service.txt ./
RUN /tools/fill-venv service.txt

FROM tools AS trainer-venv
COPY requirements/trainer.txt ./
RUN /tools/fill-venv trainer.txt

# The commit that --version and digits_build_info name:
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) ...
FROM base AS trainer
ARG COMMIT=unknown
COPY --from=trainer-venv /filled /
COPY model_store model_store
COPY energy energy
COPY feedback feedback
COPY trainer trainer
RUN PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash . \
    && find . \( -type d -o -name '*.pyc' \) -exec touch --date=@0 {} +
# Compiled loops and matplotlib's fonts are kept where the container may write.
ENV DIGITS_COMMIT=${COMMIT} \
    DIGITS_DATA=/data \
    DIGITS_HOST=0.0.0.0 \
    DIGITS_TRAINER_PORT=8001 \
    NUMBA_CACHE_DIR=/tmp/numba \
    MPLCONFIGDIR=/tmp/matplotlib
LABEL org.opencontainers.image.title="digits-trainer" \
      org.opencontainers.image.description="Trains a digit network and publishes its versions to a model store."
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "trainer"]
CMD ["schedule"]

FROM base AS service-code
ARG COMMIT=unknown
COPY model_store model_store
COPY energy energy
COPY feedback feedback
COPY service service
RUN PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash . \
    && find . \( -type d -o -name '*.pyc' \) -exec touch --date=@0 {} +
ENV DIGITS_COMMIT=${COMMIT}
USER 10001:10001
STOPSIGNAL SIGTERM

FROM service-code AS service
COPY --from=service-venv /filled /
ENV DIGITS_HOST=0.0.0.0 \
    DIGITS_PORT=8000
LABEL org.opencontainers.image.title="digits-service" \
      org.opencontainers.image.description="Serves the newest version of a digit network over HTTP."
EXPOSE 8000
# Alive, not ready: without a model the service waits for one, and a restart would not help.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "\
import http.client, os, sys; \
service = http.client.HTTPConnection('127.0.0.1', int(os.environ['DIGITS_PORT']), timeout=4); \
service.request('GET', '/healthz'); \
sys.exit(service.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "service"]

FROM tools AS bulk-venv
COPY requirements/bulk.txt ./
RUN /tools/fill-venv bulk.txt

FROM service-code AS bulk
COPY --from=bulk-venv /filled /
# `dask worker` would not find the service's code otherwise.
ENV PYTHONPATH=/app
LABEL org.opencontainers.image.title="digits-bulk" \
      org.opencontainers.image.description="Scores archives of pictures on Dask: scheduler, workers and the command."
ENTRYPOINT ["python", "-m", "service.bulk"]
