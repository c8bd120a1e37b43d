//! What the server itself says and hears.

mod port;
mod room;
mod sounds;

pub(crate) use port::{ServicePort, lock_port};
pub(crate) use room::MediaRoom;
pub(crate) use sounds::{
    goodbye, greeting, length_of, melody, message_separator, no_messages, silence,
};
