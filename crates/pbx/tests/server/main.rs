//! The server over real loopback sockets, with scripted user agents as its phones.

mod agent;
mod calls;
mod codes;
mod conferences;
mod diversion;
mod ear;
mod hold_music;
mod in_call;
mod lamps;
mod messages;
mod parking;
mod presence;
mod publications;
mod registration;
mod retrieval;
mod services;
mod setup;
mod transfer;
mod voicemail;
mod watching;
mod world;
