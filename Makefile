# The commands of the house. Everything they need is set up on the way; the second call of any
# of them does only its own work, because every step leaves a file behind.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARE := $(VENV)/share/spotcheck
FONT := $(SHARE)/fonts/NotoSansSC-Regular.ttf
BROWSER := $(SHARE)/browser/chromium
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile
LOCKED := --require-hashes --no-deps

.PHONY: run test setup lint bench soak clean refresh-lock
.DELETE_ON_ERROR:

run: $(VENV)/.run $(FONT)
	@$(BIN)/spotcheck run

test: $(VENV)/.test $(FONT) $(BROWSER)
	@$(BIN)/python -m pytest

setup: $(VENV)/.test $(FONT) $(BROWSER)

lint: $(VENV)/.test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/.bench
	@$(BIN)/python -m bench

soak: $(VENV)/.test $(FONT) $(BROWSER)
	@$(BIN)/python -m pytest -m soak --hypothesis-profile=soak
	@$(BIN)/python -m pytest tests/web tests/browser --pages-on postgres

clean:
	rm -rf $(VENV) tests/browser/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, step by step ---------------------------------------------------------------------

$(BIN)/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo '需要 Python 3.11 或更高版本；可用 make PY=/路径/python3.11 指定。'; exit 1; }
	@echo '[准备] 建立虚拟环境 $(VENV)'
	@$(PY) -m venv $(VENV)

$(VENV)/.locked: requirements.lock | $(BIN)/python
	@echo '[准备] 安装运行所需的软件包（约半分钟）'
	@$(PIP) $(LOCKED) -r requirements.lock
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.locked
	@echo '[准备] 安装 spotcheck 命令'
	@$(PIP) --no-index --no-deps --no-build-isolation -e .
	@touch $@

$(FONT): scripts/font.py | $(VENV)/.run
	@echo '[准备] 生成 PDF 用中文字体（约十秒）'
	@$(BIN)/python scripts/font.py $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	@echo '[准备] 安装测试所需的软件包'
	@$(PIP) $(LOCKED) -r requirements-test.lock
	@touch $@

$(BROWSER): scripts/browser.py tests/browser/package-lock.json | $(VENV)/.test
	@echo '[准备] 准备测试用浏览器'
	@$(BIN)/python scripts/browser.py $(@D)

$(VENV)/.bench: requirements-bench.lock $(VENV)/.run
	@echo '[准备] 安装对照测量所需的软件包'
	@$(PIP) $(LOCKED) -r requirements-bench.lock
	@touch $@

# --- only for whoever refreshes the locks: needs uv and npm ------------------------------------

COMPILE := uv pip compile --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header --upgrade
refresh-lock:
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) --group test -c requirements.lock -o requirements-test.lock
	$(COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	cd tests/browser && npm install --package-lock-only --ignore-scripts
