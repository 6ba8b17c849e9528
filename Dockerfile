FROM python:3.11-slim

WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 UV_PROJECT_ENVIRONMENT=/venv PATH=/venv/bin:$PATH

COPY config/uv.txt ./config/uv.txt
RUN pip install --no-cache-dir --require-hashes -r config/uv.txt
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --no-python-downloads

COPY . .
# Static files get their hashed names from the production settings, which demand values: throw-away ones, for this
# command alone.
RUN python -m config.messages \
    && ANSINH_ENV=production ALLOWED_HOSTS=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
       SECRET_KEY="$(head -c 48 /dev/urandom | base64)" BLIND_INDEX_KEY="$(head -c 32 /dev/urandom | base64)" \
       FIELD_KEYS="k1:$(head -c 32 /dev/urandom | base64)" python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --uid 10001 ansinh && install -d -o ansinh /files
USER ansinh
EXPOSE 8000
