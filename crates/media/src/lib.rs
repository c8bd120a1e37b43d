//! gannet-media
