PYTHON = .venv/bin/python

.PHONY: test test-wheel test-lowest demo styles clean

test: .venv/.installed
	TF_CPP_MIN_LOG_LEVEL=2 TF_ENABLE_ONEDNN_OPTS=1 PYTHONHASHSEED=0 \
		$(PYTHON) -m pytest -q --durations=10 -n 2 --dist loadfile --no-loadscope-reorder

# The built wheel in an empty environment, outside of the clone.
test-wheel: .venv/.installed
	$(PYTHON) tests/wheel.py

# The lowest versions that setup.cfg allows, in an environment of their own: networks, losses,
# metrics, optimizers, and the shipped models.
LOWEST = tests/test_pretrained.py tests/test_registry.py tests/layers tests/losses tests/metrics \
	$(wildcard tests/*/test_*networks.py) tests/core/test_compile.py tests/core/test_optimizers.py \
	tests/core/test_precision.py tests/core/test_checkpoint.py tests/core/test_callbacks.py

test-lowest: .venv-lowest/.installed
	TF_CPP_MIN_LOG_LEVEL=2 TF_ENABLE_ONEDNN_OPTS=1 PYTHONHASHSEED=0 \
		.venv-lowest/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(LOWEST)

.venv-lowest/.installed: setup.cfg setup.py pyproject.toml constraints-lowest.txt
	python3 -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install -c constraints-lowest.txt -e '.[test]'
	touch $@

demo: .venv/.installed
	$(PYTHON) tools/demo.py

# Prepares the data set emoji_styles/64; npm fetches its archives.
styles: .venv/.installed
	$(PYTHON) -c "from zoo.datasets.builders import find, prepare; \
		prepare(find('emoji_styles/64', ''), 'emoji_styles/64')"

.venv/.installed: setup.cfg setup.py pyproject.toml constraints.txt
	python3 -m venv .venv
	$(PYTHON) -m pip install -c constraints.txt -e '.[test]'
	touch $@

# The environment and the runs are kept: they cost minutes or hours to make again.
clean:
	rm -rf build dist *.egg-info .pytest_cache
	find . -path './.venv*' -prune -o -name __pycache__ -type d -exec rm -rf {} +
