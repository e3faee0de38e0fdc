# An image with clawdoctor, built from a checkout:
#   docker build --tag clawdoctor .
#   docker run --rm --network host -v "$PWD:/work:ro" -v "$HOME/.openclaw:/home/clawdoctor/.openclaw:ro" clawdoctor
FROM python:3.13-slim AS build
WORKDIR /checkout
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/clawdoctor && /opt/clawdoctor/bin/pip install --no-cache-dir .

FROM python:3.13-slim
RUN useradd --create-home --uid 1000 clawdoctor
COPY --from=build /opt/clawdoctor /opt/clawdoctor
USER clawdoctor
WORKDIR /work
ENTRYPOINT ["/opt/clawdoctor/bin/clawdoctor"]
CMD ["run"]
