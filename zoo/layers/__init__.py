"""Building blocks of networks: no losses, no data."""

import keras

for _name, _found, _needed in (
        ("image_data_format", keras.config.image_data_format(), "channels_last"),
        ("floatx", keras.config.floatx(), "float32")):
    if _found != _needed:
        raise ImportError(
            f"zoo needs Keras's {_name} to be {_needed}, and it is {_found} (keras.json?); call "
            f"keras.config.set_{_name}({_needed!r}) before zoo's models are imported.")
