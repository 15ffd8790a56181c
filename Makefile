PYTHON = .venv/bin/python

.PHONY: test demo clean

test: .venv/.installed
	TF_CPP_MIN_LOG_LEVEL=2 TF_ENABLE_ONEDNN_OPTS=1 PYTHONHASHSEED=0 \
		$(PYTHON) -m pytest -q --durations=10 -n 2 --dist loadfile

demo: .venv/.installed
	$(PYTHON) tools/demo.py

.venv/.installed: setup.cfg pyproject.toml constraints.txt
	python3 -m venv .venv
	$(PYTHON) -m pip install -c constraints.txt -e '.[test]'
	touch $@

# The environment and the runs are kept: they cost minutes or hours to make again.
clean:
	rm -rf build dist zoo.egg-info .pytest_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
