"""Is the class drawn that a word of the caption names, such as a style? A classifier judges."""

import keras
import numpy as np
import tensorflow as tf

from zoo.captioned import generation
from zoo.core import networks
from zoo.data import image, text
from zoo.errors import RequestError
from zoo.layers.image_encoder import ImageEncoder
from zoo.metrics import bootstrap
from zoo.metrics.encoder import image_features
from zoo.progress import Progress

CLASSIFIER = "classifier"
_BATCH_SIZE, _LEARNING_RATE = 128, 1e-3
_FLAG = "--hparam=class_words"


class NamedClasses:
    """The pictures whose captions name one of some classes.

    Args:
        pictures: `CaptionedPictures`.
        words: tuple of str, the classes; each one word as `zoo.data.text.words` splits captions.

    Attributes:
        indices: int `(n,)`, of the pictures of which some caption names a class, and none another.
        labels: int `(n,)`, which one.
        captions: list of str, the first of each that names it.
    """

    def __init__(self, pictures, words):
        label = {word: index for index, word in enumerate(_folded(words))}
        split = iter(text.words(tf.constant(pictures.all_captions())).to_list())
        found = []
        for index, captions in enumerate(pictures.captions):
            named = [label.keys() & {word.decode() for word in next(split)} for _ in captions]
            if len(classes := set().union(*named)) == 1:
                caption = captions[[bool(each) for each in named].index(True)]
                found.append((index, label[classes.pop()], caption))
        self.indices = np.array([index for index, _, _ in found], int)
        self.labels = np.array([its_label for _, its_label, _ in found], int)
        self.captions = [caption for _, _, caption in found]


def check(pictures, words):
    """Refuses classes that a classifier could not learn.

    Args:
        pictures, words: of the training split; see `NamedClasses`.

    Raises:
        RequestError: fewer than two, one that is not one word, or one that no picture shows.
    """
    if len(set(_folded(words))) < 2:
        raise RequestError(f"{_FLAG}={','.join(words)}: name two classes or more, each by a word.")
    shown = set(NamedClasses(pictures, words).labels.tolist())
    for label, word in enumerate(words):
        if label not in shown:
            raise RequestError(f"{_FLAG}: no picture of the split train has a caption with the "
                               f"word {word!r} and with none of the others.")


def classifier(folder, pictures, words, image_size, steps, seed):
    """Returns the classifier kept in a folder, which is trained first where there is none.

    Args:
        folder: path.
        pictures, words: see `check`.
        image_size: height and width of the pictures, pixels.
        steps: of 128 pictures.
        seed: of its initial weights and of the order of pictures.

    Returns:
        `ImageEncoder` whose outputs are the logits of the classes.
    """
    if networks.exists(folder, CLASSIFIER):
        return networks.load(folder, CLASSIFIER)
    named = NamedClasses(pictures, words)
    print(f"{folder}: a classifier learns {len(words)} classes from {len(named.indices)} of "
          f"{len(pictures)} training pictures; the others' captions name none, or several",
          flush=True)

    def read(places):
        return tf.numpy_function(pictures.pictures, [places], tf.string, stateful=False)

    def example(places, labels):
        return tf.ensure_shape(image.decode(read(places), image_size),
                               (None, image_size, image_size, 3)), labels

    data = tf.data.Dataset.from_tensor_slices((named.indices, named.labels)).shuffle(
        len(named.indices), seed).repeat().batch(_BATCH_SIZE).map(example).prefetch(2)
    keras.utils.set_random_seed(seed)
    network = ImageEncoder(image_size, output_dim=len(words))
    network.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(_LEARNING_RATE, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    progress = Progress(steps, "step")
    network.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False, callbacks=[
        keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: progress.show(batch + 1))])
    networks.save(network, folder, CLASSIFIER)
    return network


def measure(model, network, pictures, words, max_examples, seed):
    """Measures how often the class that a caption names is drawn, and how often it is shown.

    Args:
        model: `CaptionedGAN`.
        network: what `classifier` returns.
        pictures: `CaptionedPictures` of a held-out split, of which those are taken that name a
            class.
        words: the classes.
        max_examples: int, or None for all.
        seed: of the noise and of the bootstrap.

    Returns:
        `{"class_accuracy", "true_class_accuracy"}`: the shares of generated and of true pictures
        that the classifier finds their class in; chance is 1 / classes. See
        `bootstrap.mean_with_interval`.
    """
    named = NamedClasses(pictures, words)
    count = min(len(named.indices), max_examples or len(named.indices))
    if not count:
        return dict.fromkeys(("class_accuracy", "true_class_accuracy"), bootstrap.unmeasured(0))
    tokens = text.tokenizer_for(model.text_encoder)(tf.constant(named.captions[:count]))
    fake = generation.generate_many(
        model, tokens, generation.noise(seed, count, model.noise_dim))
    real = image.to_uint8(image.decode(
        tf.constant(pictures.pictures(named.indices[:count])), fake.shape[1])).numpy()
    return {name: bootstrap.mean_with_interval(
        (image_features(network, images).argmax(axis=1) == named.labels[:count]).astype(float),
        seed) for name, images in (("class_accuracy", fake), ("true_class_accuracy", real))}


def _folded(words):
    split = text.words(tf.constant(words)).to_list()
    for word, parts in zip(words, split, strict=True):
        if len(parts) != 1:
            raise RequestError(f"{_FLAG}: {word!r} is not one word.")
    return [part.decode() for part, in split]
