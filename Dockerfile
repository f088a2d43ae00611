# The app, with the starter teacher and student. Data lies in the volume /data.
FROM python:3.11-slim

ENV PIP_NO_CACHE_DIR=1 PYTHONUNBUFFERED=1 SCICOT_HOME=/data
WORKDIR /srv/scicot

# What changes seldom first: the packages stay in their layer while the code changes.
COPY requirements.txt requirements-starter.txt requirements.lock ./
RUN pip install -r requirements.txt -c requirements.lock "psycopg[binary]" \
    && pip install --no-deps -r requirements-starter.txt

COPY . .
RUN pip install --no-deps -e . \
    && useradd --create-home --uid 1000 scicot \
    && install -d -o scicot -g scicot /data
USER 1000
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["scicot", "app", "--no-open"]
