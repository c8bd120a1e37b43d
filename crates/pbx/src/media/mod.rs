//! What the server itself says and hears.

mod hold_music;
mod keys;
mod port;
mod room;
mod sounds;

pub(crate) use hold_music::StandIn;
pub(crate) use keys::KeyReader;
pub(crate) use port::{ServicePort, lock_port};
pub(crate) use room::MediaRoom;
pub(crate) use sounds::{
    goodbye, greeting, length_of, melody, message_separator, no_messages, pin_prompt, pin_refused,
    silence,
};
