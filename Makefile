# ClinicReel. `make` alone prints the menu.
# Nothing is installed outside .venv; footage goes to no other place than work/ (private) and outbox/ (hidden, proved).

PYTHON ?= python3
# Without a graphics card, torch's CPU build saves gigabytes: make TORCH_INDEX=https://download.pytorch.org/whl/cpu demo
TORCH_INDEX ?=

RUN := .venv/bin/clinicreel
PIP := .venv/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
DEMO := assets/demo/consultation

# Recipes read these from the environment, quoted: a path may hold spaces, quotes or dollar signs.
export CASE CHANNEL FOOTAGE ONLY CLIP AGAIN DRY_RUN NAMES
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## this menu / 本菜单
	@echo "ClinicReel: consultation footage in, clips that may be published out / 门诊实拍进，可发布短视频出"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  make new     CASE=2026-11-22-nodule CHANNEL=clinic FOOTAGE=/path/a.mp4'
	@echo '  make build   CHANNEL=clinic [ONLY="2026-11-*"]'
	@echo '  make publish CHANNEL=clinic [ONLY="2026-11-*"] [DRY_RUN=1]'
	@echo '  make publish CHANNEL=clinic ONLY=2026-11-22-nodule CLIP=1 AGAIN=1   # once more, what is gone from the outbox'

# --- set-up: each stamp is newer than what it was made from, so the second time nothing is installed -----------------

.venv/made: .ci/make_venv.py
	@echo "Making .venv / 创建虚拟环境"
	@$(PYTHON) .ci/make_venv.py .venv
	@touch $@

.venv/installed: .venv/made pyproject.toml constraints.txt
	@echo "Installing, once; this takes a few minutes / 首次安装，需要几分钟"
	@if [ -n "$(TORCH_INDEX)" ]; then $(PIP) --index-url "$(TORCH_INDEX)" torch; fi
	@$(PIP) --editable .
	@$(RUN) models fetch yunet || echo "Without YuNet, dlib and CenterFace verify; later: make models NAMES=yunet" \
	  "/ 没有 YuNet 时由 dlib 和 CenterFace 核验；以后可再下载"
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Installing the tools for tests / 安装测试工具"
	@$(PIP) --editable ".[dev]"
	@touch $@

need-%:
	@if [ -z "$$$*" ]; then echo "say $*=... / 请写明 $*=...  (make help)" >&2; exit 2; fi

# --- use --------------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/installed ## the sample footage through the whole pipeline / 用示例素材跑一遍
	@$(RUN) publish $(DEMO) --channel demo

.PHONY: new
new: need-CASE need-CHANNEL need-FOOTAGE .venv/installed ## start a case / 新建病例
	@$(RUN) new "$$CASE" --channel "$$CHANNEL" --footage "$$FOOTAGE"

.PHONY: build
build: need-CHANNEL .venv/installed ## hide, subtitle, export, prove / 打码、字幕、导出、核验
	@$(RUN) build --channel "$$CHANNEL" $${ONLY:+--only "$$ONLY"}

.PHONY: publish
publish: need-CHANNEL .venv/installed ## build, then deliver what is ready to the outbox / 交付可发布的成片
	@$(RUN) publish --channel "$$CHANNEL" $${ONLY:+--only "$$ONLY"} $${CLIP:+--clip "$$CLIP"} $${AGAIN:+--again} \
	  $${DRY_RUN:+--dry-run}

.PHONY: review
review: need-CHANNEL .venv/installed ## look at what is uncertain, correct it, approve it / 复核、改正、批准
	@$(RUN) review --channel "$$CHANNEL" $${ONLY:+--only "$$ONLY"}

.PHONY: status
status: need-CHANNEL .venv/installed ## where every clip stands / 查看进度
	@$(RUN) status --channel "$$CHANNEL" $${ONLY:+--only "$$ONLY"}

.PHONY: models
models: .venv/installed ## list models, or fetch some once: NAMES="small yunet" / 列出或下载模型
	@if [ -n "$$NAMES" ]; then $(RUN) models fetch $$NAMES; else $(RUN) models list; fi

# --- work on ClinicReel -----------------------------------------------------------------------------------------------

PYTEST := .venv/bin/python -m pytest -n 2 --dist loadfile

.PHONY: test
test: .venv/installed-dev ## the tests, but for the slow ones / 测试（不含较慢的）
	@$(PYTEST) -m "not slow"
	@echo "The slow ones, which CI runs too / 较慢的测试，CI 也会跑: make slow"

.PHONY: slow
slow: .venv/installed-dev ## the slow tests: killed builds, full disks, a browser / 较慢的测试
	@$(PYTEST) -m slow

.PHONY: check
check: .venv/installed-dev ## style, types, docs / 代码检查
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@$(RUN) docs --check

.PHONY: bench
bench: .venv/installed-dev ## the figures of docs/benchmarks.md / 性能测量
	@.venv/bin/python -m tests.bench

.PHONY: clean
clean: ## remove the environment and caches, never footage, work or packs / 清理环境（不动素材与成片）
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache *.egg-info build
	find pipeline tests assets .ci -name __pycache__ -type d -prune -exec rm -rf {} +

