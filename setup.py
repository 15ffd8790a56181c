"""What setup.cfg cannot say: top-level folders of the clone that are shipped inside the package."""

import setuptools

SHIPPED = ("configs", "pretrained", "tools")  # As zoo/shipped/configs, …, see zoo/core/locate.py.

setuptools.setup(
    packages=setuptools.find_packages(include=["zoo", "zoo.*"])
    + [f"zoo.shipped.{name}" for name in SHIPPED],
    package_dir={f"zoo.shipped.{name}": name for name in SHIPPED},
    package_data={"": ["README.md", "CITATIONS.bib"], "zoo.shipped.configs": ["*/*.flags"],
                  "zoo.shipped.pretrained": ["*/*"]},
)
