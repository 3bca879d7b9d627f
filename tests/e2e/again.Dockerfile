# The service's packages once more, from the stage `tools` of the images' Dockerfile.
FROM digits-test-tools AS filled
COPY requirements/service.txt ./
RUN /tools/fill-venv service.txt

FROM scratch
COPY --from=filled /filled /
