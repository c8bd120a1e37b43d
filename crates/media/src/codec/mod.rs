//! Audio codecs: what they are called, and octets from samples and back.
//!
//! [`Codec`] is the name of one, with its rates; an [`Encoder`] and a [`Decoder`] hold the state of
//! one stream in it. All audio is mono, at the rate of the codec.

mod decoder;
mod encoder;
mod kind;
mod opus;
#[cfg(test)]
mod tests;

pub use decoder::Decoder;
pub use encoder::Encoder;
pub(crate) use kind::samples_in;
pub use kind::{Codec, SAMPLE_RATE};
pub use opus::OpusWishes;
